//! What an operator may rely on: the layers, the refusals and their words, the example file.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;

use super::keys::KEYS;
use super::*;

const EXAMPLE: &str = include_str!("../../deskgraph.example.toml");

type Test = Result<(), Box<dyn std::error::Error>>;

fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let directory = tempfile::tempdir().map_err(|source| ConfigError::Unreadable { path: "temp".into(), source })?;
    let path = directory.path().join("desk.toml");
    std::fs::write(&path, text).map_err(|source| ConfigError::Unreadable { path: path.clone(), source })?;
    Config::load(Some(&path), variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

#[track_caller]
fn refused(text: &str, variables: &[(&str, &str)], words: &[&str]) {
    match load(text, variables) {
        Ok(_) => panic!("accepted: {text} {variables:?}"),
        Err(error) => {
            let message = error.to_string();
            for word in words {
                assert!(message.contains(word), "no {word:?} in: {message}");
            }
        }
    }
}

#[test]
fn nothing_set_gives_the_defaults() -> Test {
    let config = load("", &[("PATH", "/bin"), ("DESKGRAPH_TEST_DATABASE", "x"), ("DESKGRAPH_DATA_SETS", "x")])?;
    assert_eq!(config, Config::default());
    assert_eq!(config.mode(), Mode::Development);
    assert_eq!(config.database_url(), "sqlite:./data/desk.db");
    Ok(())
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() -> Test {
    let text = "data = \"/srv/desk\"\n[limits]\nnodes = 5_000\ndepth = 12";
    let config = load(text, &[("DESKGRAPH_LIMITS_NODES", "7000"), ("DESKGRAPH_CONFIG", "x")])?;
    assert_eq!((config.limits.nodes, config.limits.depth, config.limits.tokens), (7_000, 12, 2_000));
    assert_eq!(config.database_url(), "sqlite:/srv/desk/desk.db");
    Ok(())
}

#[test]
fn a_variable_is_read_as_what_its_key_takes() -> Test {
    let config = load(
        "",
        &[
            ("DESKGRAPH_ADMIN_PASSWORD", "1234567890"),
            ("DESKGRAPH_LISTEN", "127.0.0.1:1, [::1]:2"),
            ("DESKGRAPH_HTTP_ORIGINS", "https://a.example"),
            ("DESKGRAPH_HTTP_SDL", "false"),
            ("DESKGRAPH_DATABASE_POOL", "3"),
            ("DESKGRAPH_DATABASE_URL", "postgres://u:p@h/d"),
            ("DESKGRAPH_LOG_FORMAT", "json"),
        ],
    )?;
    assert_eq!(config.admin.password.as_ref().map(Secret::expose), Some("1234567890"));
    assert_eq!(config.listen.len(), 2);
    assert_eq!(config.http.origins[0].as_str(), "https://a.example");
    assert!(!config.sdl() && config.graphiql());
    assert_eq!((config.database.pool, config.database_url().as_str()), (3, "postgres://u:p@h/d"));
    assert_eq!(config.log.format, LogFormat::Json);
    Ok(())
}

#[test]
fn an_empty_variable_is_not_set_and_an_empty_list_is_empty() -> Test {
    let text = "mode = \"production\"\n[http]\norigins = [\"https://a.example\"]";
    let config = load(text, &[("DESKGRAPH_MODE", ""), ("DESKGRAPH_HTTP_ORIGINS", "")])?;
    assert_eq!((config.mode(), config.http.origins.len()), (Mode::Production, 0));
    Ok(())
}

#[test]
fn every_variable_names_one_key() {
    let names: BTreeSet<String> = KEYS.iter().map(keys::Key::variable).collect();
    assert_eq!(names.len(), KEYS.len());
    assert!(names.contains("DESKGRAPH_DATABASE_URL") && names.contains("DESKGRAPH_DATABASE_POOL"));
}

#[test]
fn the_mode_follows_the_addresses_and_decides_what_is_offered() -> Test {
    let open = load("listen = [\"127.0.0.1:4000\", \"0.0.0.0:4000\"]", &[])?;
    assert_eq!(open.mode(), Mode::Production);
    assert!(!open.graphiql() && !open.introspection() && !open.field_suggestions() && !open.sdl());
    let but = load("listen = \"0.0.0.0:4000\"\n[http]\nintrospection = true", &[])?;
    assert!(but.introspection() && !but.graphiql());
    assert_eq!(load("listen = \"[::1]:4000\"", &[])?.mode(), Mode::Development);
    assert_eq!(load("listen = \"0.0.0.0:1\"\nmode = \"development\"", &[])?.mode(), Mode::Development);
    Ok(())
}

#[test]
fn an_unknown_key_is_refused_with_its_place_and_the_keys_there_are() {
    refused(
        "[limits]\nnodes = 500\nnodez = 1",
        &[],
        &["unknown key limits.nodez", "desk.toml, line 3", "nodes, body_bytes"],
    );
    refused("\nlimit = 1", &[], &["unknown key limit ", "line 2", "listen, data", "[limits]"]);
    refused("[limitz]\nnodes = 1", &[], &["unknown key limitz", "line 1", "[limits]"]);
    refused("limits = 3", &[], &["limits cannot be a single value", "a section: [limits] with document_bytes"]);
}

#[test]
fn an_unknown_variable_is_refused_with_the_variables_there_are() {
    refused("", &[("DESKGRAPH_LIMITS_NODEZ", "1")], &["variable DESKGRAPH_LIMITS_NODEZ", "DESKGRAPH_LIMITS_NODES"]);
    refused("", &[("DESKGRAPH_PORT", "1")], &["variable DESKGRAPH_PORT", "DESKGRAPH_LISTEN"]);
}

#[test]
fn a_bad_value_is_refused_with_its_key_place_and_what_is_allowed() {
    let cases: &[(&str, &[&str])] = &[
        ("\n[limits]\nnodes = \"many\"", &["limits.nodes cannot be \"many\"", "line 3", "from 100 to 10000000"]),
        ("[limits]\nnodes = -1", &["limits.nodes cannot be -1", "whole number"]),
        ("[limits]\ndepth = 1.5", &["limits.depth cannot be 1.5"]),
        ("[database]\npool = 0", &["database.pool cannot be 0", "from 1 to 1000"]),
        ("[search]\nwriter_memory_mb = 1", &["search.writer_memory_mb cannot be 1", "from 15"]),
        ("[http]\nsdl = \"yes\"", &["http.sdl cannot be \"yes\"", "true or false"]),
        ("listen = \"localhost:4000\"", &["listen cannot be \"localhost:4000\"", "127.0.0.1:4000"]),
        ("listen = []", &["listen cannot be []"]),
        ("listen = [\"127.0.0.1:1\", \"x\"]", &["listen cannot be [\"127.0.0.1:1\", \"x\"]"]),
        ("mode = \"prod\"", &["mode cannot be \"prod\"", "\"development\" or \"production\""]),
        ("[admin]\nemail = \"root\"", &["admin.email cannot be \"root\"", "e-mail address"]),
        ("[log]\nformat = \"xml\"", &["log.format cannot be \"xml\"", "\"text\" or \"json\""]),
        ("[log]\nlevel = \"inof\"", &["log.level cannot be \"inof\"", "warn"]),
        ("[http]\norigins = [\"*\"]", &["http.origins cannot be [\"*\"]", "https://desk.example.com"]),
        ("[http]\ntrusted_proxies = [\"10.0.0.0/33\"]", &["http.trusted_proxies cannot be", "10.0.0.0/8"]),
        ("listen = [", &["desk.toml, line 1", "not valid TOML"]),
        (
            "[mail]\nsmtp_url = \"mail.example.com\"",
            &["mail.smtp_url cannot be", "smtps://user:password@mail.example.com"],
        ),
        ("[mail]\nsmtp_url = \"smtp://mail.example.com?tls=maybe\"", &["mail.smtp_url cannot be"]),
        ("[mail]\nfrom = \"us\"", &["mail.from cannot be \"us\"", "Support <support@example.com>"]),
        ("[mail]\ntimeout_seconds = 0", &["mail.timeout_seconds cannot be 0", "from 1 to 60"]),
        ("[sms]\nurl = \"sms.example.com\"", &["sms.url cannot be", "https://"]),
        ("[sms]\ntoken = \"a\\nb\"", &["sms.token cannot be", "not shown"]),
        ("[sms]\nbody = '{\"to\": \"{{ to }}\"}'", &["sms.body cannot be", "{{ text }}"]),
    ];
    for (text, words) in cases {
        refused(text, &[], words);
    }
    let variable = [("DESKGRAPH_LIMITS_NODES", "many")];
    refused(
        "[limits]\nnodes = 500",
        &variable,
        &["limits.nodes cannot be \"many\"", "variable DESKGRAPH_LIMITS_NODES"],
    );
}

#[test]
fn secrets_are_in_no_message_and_no_debug_output() -> Test {
    let config = load("database_url = \"postgres://u:hunter2222@h/d\"\n[admin]\npassword = \"hunter2222\"", &[])?;
    assert!(!format!("{config:?}").contains("hunter2222"));
    for text in [
        "database_url = \"mysql://u:hunter2222@h/d\"",
        "[admin]\npassword = [\"hunter2222\"]",
        "[mail]\nsmtp_url = \"imap://u:hunter2222@h\"",
        "[sms]\nurl = \"sms://h?key=hunter2222\"",
    ] {
        let message = load(text, &[]).err().map(|error| format!("{error} {error:?}")).unwrap_or_default();
        assert!(message.contains("not shown") && !message.contains("hunter2222"), "{message}");
    }
    refused("[admin]\npassword = \"short\"", &[], &["admin.password", "at least 10 characters"]);
    Ok(())
}

#[test]
fn a_named_file_must_exist() {
    let error = Config::load(Some(Path::new("/nowhere/desk.toml")), std::iter::empty()).err();
    assert!(error.is_some_and(|error| error.to_string().contains("/nowhere/desk.toml")));
}

#[test]
fn origins_are_kept_as_browsers_send_them() {
    let origin = |text: &str| Origin::try_from(text.to_owned()).map(|origin| origin.as_str().to_owned()).ok();
    assert_eq!(origin("HTTPS://Desk.Example.com:443").as_deref(), Some("https://desk.example.com"));
    assert_eq!(origin("http://[::1]:5173").as_deref(), Some("http://[::1]:5173"));
    for bad in ["https://a/", "https://a/b", "a.example", "ftp://a", "https://", "https://a:x", "https://*.a", "null"] {
        assert_eq!(origin(bad), None, "{bad}");
    }
}

#[test]
fn prefixes_hold_the_addresses_that_begin_like_them() -> Test {
    let holds = |prefix: &str, address: &str| -> Result<bool, Box<dyn std::error::Error>> {
        Ok(Prefix::try_from(prefix.to_owned())?.contains(address.parse::<IpAddr>()?))
    };
    assert!(holds("10.0.0.0/8", "10.200.3.4")? && !holds("10.0.0.0/8", "11.0.0.1")?);
    assert!(holds("10.0.0.0/8", "::ffff:10.1.1.1")? && holds("0.0.0.0/0", "9.9.9.9")? && holds("::/0", "fe80::1")?);
    assert!(holds("10.0.0.1", "10.0.0.1")? && !holds("10.0.0.1", "10.0.0.2")? && !holds("::/0", "10.0.0.1")?);
    assert!(holds("fd00::/8", "fd12::1")? && !holds("fd00::/8", "fe80::1")?);
    Ok(())
}

/// The example with its settings uncommented, and each setting's dotted key with the line it stands on.
fn example() -> (String, Vec<(String, &'static str)>) {
    let (mut text, mut lines, mut section) = (String::new(), Vec::new(), String::new());
    for line in EXAMPLE.lines() {
        let setting = line.strip_prefix('#').filter(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
        if let Some((name, _)) = setting.and_then(|setting| setting.split_once(" = ")) {
            lines.push((format!("{section}{name}"), line));
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = format!("{name}.");
        }
        text.push_str(setting.unwrap_or(line));
        text.push('\n');
    }
    (text, lines)
}

#[test]
fn the_example_lists_every_key_with_its_variable() {
    let (_, lines) = example();
    let found: Vec<&str> = lines.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(found, KEYS.iter().map(|key| key.path).collect::<Vec<_>>());
    for (key, (_, line)) in KEYS.iter().zip(&lines) {
        assert!(line.ends_with(&format!(" # {}", key.variable())), "{line}");
    }
}

#[test]
fn the_example_uncommented_is_the_defaults() -> Test {
    assert_eq!(load(EXAMPLE, &[])?, Config::default(), "as shipped, it sets nothing");
    let mut config = load(&example().0, &[])?;
    let defaults = Config::default();
    // Keys without a fixed default show what is in effect; the password is an example and says so.
    assert_eq!((config.mode(), config.database_url()), (defaults.mode(), defaults.database_url()));
    assert_eq!((config.graphiql(), config.introspection()), (defaults.graphiql(), defaults.introspection()));
    assert_eq!((config.field_suggestions(), config.sdl()), (defaults.field_suggestions(), defaults.sdl()));
    assert!(config.admin.password.take().is_some());
    assert_eq!(config.files_folder(), defaults.files_folder());
    (config.mode, config.database_url, config.files.folder) = (None, None, None);
    assert!(
        config.mail.smtp_url.take().is_some() && config.sms.url.take().is_some() && config.sms.token.take().is_some()
    );
    let http = &mut config.http;
    (http.graphiql, http.introspection, http.field_suggestions, http.sdl) = (None, None, None, None);
    assert_eq!(config, defaults);
    Ok(())
}
