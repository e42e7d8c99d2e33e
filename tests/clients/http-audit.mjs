// Runs every server audit of the npm package graphql-http against a server that is up:
//
//   npm ci --prefix tests/clients
//   node tests/clients/http-audit.mjs http://127.0.0.1:4000/graphql
//
// Anything but "ok" is a failure, also what the package only warns about.
import { serverAudits } from 'graphql-http';

const url = process.argv[2] ?? 'http://127.0.0.1:4000/graphql';
let failed = 0;
for (const audit of serverAudits({ url })) {
  const result = await audit.fn();
  if (result.status !== 'ok') {
    failed += 1;
    console.error(`${result.status} ${result.id} ${result.name}: ${result.reason ?? ''}`);
  } else {
    console.log(`ok ${result.id} ${result.name}`);
  }
}
console.log(failed === 0 ? 'every audit passed' : `${failed} audits did not pass`);
process.exit(failed === 0 ? 0 : 1);
