// Types for every operation of schema/operations, as graphql-codegen makes them:
//
//   node tests/clients/codegen.mjs
//
// The result is compiled by tsc with every strictness; see codegen/uses.ts for what a client does with it.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as types from '@graphql-codegen/typescript';
import * as operations from '@graphql-codegen/typescript-operations';
import { buildSchema, parse, validate } from 'graphql';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const sdl = readFileSync(join(root, 'schema/schema.graphql'), 'utf8');
const schema = buildSchema(sdl);
const documents = [];
for (const folder of ['customer', 'agent', 'dashboard', 'admin']) {
  for (const name of readdirSync(join(root, 'schema/operations', folder)).sort()) {
    const location = join('schema/operations', folder, name);
    const document = parse(readFileSync(join(root, location), 'utf8'));
    const errors = validate(schema, document);
    if (errors.length > 0) throw new Error(`${location}: ${errors.join('\n')}`);
    documents.push({ location, document });
  }
}
const output = await codegen({
  filename: 'generated.ts',
  schema: parse(sdl),
  documents,
  config: {
    strictScalars: true,
    scalars: { DateTime: 'string', EventCursor: 'string', ID: 'string' },
    enumsAsTypes: true,
    immutableTypes: true,
    avoidOptionals: false,
    useTypeImports: true,
  },
  plugins: [{ typescript: {} }, { operations: {} }, { documents: {} }],
  pluginMap: { typescript: types, operations, documents: typedDocuments },
});
mkdirSync(join(here, 'codegen'), { recursive: true });
writeFileSync(join(here, 'codegen/generated.ts'), output);
console.log(`ok types for ${documents.length} operations`);
