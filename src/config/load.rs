//! Defaults ← file ← environment, and the refusals.
//!
//! Every layer is held against the table of keys before anything is built, because only then is it known where a
//! wrong value came from. A refusal is for the person at the terminal: key, place, what was found, what is allowed.
//! A secret's value is never part of it.

use std::io;
use std::path::{Path, PathBuf};

use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Provider};
use thiserror::Error;

use super::Config;
use super::keys::{self, KEYS, Key, PREFIX, Takes};
use super::outgoing;
use super::toml_line::{line_at, toml_line};

/// The file that is read from the working directory when no other is named.
pub const FILE_NAME: &str = "deskgraph.toml";

/// Variables that begin like ours and are read by others: the command line, the data sets of tests, tests.
const OTHER_VARIABLES: &[&str] = &["DESKGRAPH_CONFIG", "DESKGRAPH_DATA_SETS"];
const TEST_VARIABLES: &str = "DESKGRAPH_TEST_";

/// Why there is no configuration. `Display` is the whole message for the operator.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read; a named file must exist.
    #[error("cannot read the configuration {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not TOML.
    #[error("{origin}: not valid TOML: {message}")]
    Syntax {
        /// File and line.
        origin: String,
        /// What the parser said.
        message: String,
    },
    /// A key, section or variable that does not exist.
    #[error("unknown {what} {key} ({origin})\n  allowed: {allowed}")]
    Unknown {
        /// "key" or "variable".
        what: &'static str,
        /// The name that was found.
        key: String,
        /// File and line, or the environment.
        origin: String,
        /// The names that exist at this place.
        allowed: String,
    },
    /// A value that its key does not take.
    #[error("{key} cannot be {found} ({origin})\n  allowed: {allowed}")]
    BadValue {
        /// The dotted key.
        key: String,
        /// File and line, or the variable.
        origin: String,
        /// The value, unless it may be a secret.
        found: String,
        /// What the key takes.
        allowed: String,
    },
}

impl Config {
    /// Reads the configuration: the defaults, over them `file` (or `deskgraph.toml` in the working directory, if it
    /// is there), over them the `DESKGRAPH_…` variables of `environment`. An empty variable counts as not set, except
    /// for lists, which it empties.
    ///
    /// # Errors
    /// A named file that cannot be read, text that is not TOML, unknown keys and variables, values that a key does
    /// not take.
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let file = match file {
            Some(path) => Some(read(path)?),
            None if Path::new(FILE_NAME).exists() => Some(read(Path::new(FILE_NAME))?),
            None => None,
        };
        Layers::stack(file, environment)?.config()
    }
}

fn read(path: &Path) -> Result<File, ConfigError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(File { name: path.display().to_string(), text }),
        Err(source) => Err(ConfigError::Unreadable { path: path.to_owned(), source }),
    }
}

struct File {
    name: String,
    text: String,
}

impl File {
    fn origin(&self, path: &str) -> String {
        let parts: Vec<&str> = path.split('.').collect();
        match toml_line(&self.text, &parts) {
            Some(line) => format!("{}, line {line}", self.name),
            None => self.name.clone(),
        }
    }
}

struct Layers {
    figment: Figment,
    file: Option<File>,
}

/// One source of values; figment remembers for each value which source it came from.
struct Layer {
    name: String,
    values: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name.clone())
    }

    fn data(&self) -> Result<Map<figment::Profile, Dict>, figment::Error> {
        Ok(figment::Profile::Default.collect(self.values.clone()))
    }
}

impl Layers {
    fn stack(file: Option<File>, environment: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let mut figment = Figment::new();
        if let Some(file) = &file {
            let values: Dict = toml::from_str(&file.text).map_err(|error| ConfigError::Syntax {
                origin: match error.span() {
                    Some(span) => format!("{}, line {}", file.name, line_at(&file.text, span.start)),
                    None => file.name.clone(),
                },
                message: error.message().to_owned(),
            })?;
            known(file, "", &values)?;
            figment = figment.merge(Layer { name: file.name.clone(), values });
        }
        for (name, text) in environment {
            if !name.starts_with(PREFIX) || OTHER_VARIABLES.contains(&&*name) || name.starts_with(TEST_VARIABLES) {
                continue;
            }
            let Some(key) = KEYS.iter().find(|key| key.variable() == name) else {
                return Err(unknown_variable(name));
            };
            if text.is_empty() && !matches!(key.takes, Takes::List(_)) {
                continue;
            }
            let values = nest(key.path, from_variable(key, &text));
            figment = figment.merge(Layer { name: format!("variable {name}"), values });
        }
        Ok(Self { figment, file })
    }

    fn config(&self) -> Result<Config, ConfigError> {
        for key in KEYS {
            if let Ok(value) = self.figment.find_value(key.path)
                && !takes(key, &value)
            {
                return Err(self.refuse(key));
            }
        }
        let config: Config = self.figment.extract().map_err(|error| self.building_failed(&error))?;
        if let Some(path) = config.refused() {
            return Err(match keys::find(path) {
                Some(key) => self.refuse(key),
                None => self.bad_value(path, "a value that is not allowed".to_owned(), String::new()),
            });
        }
        let min = config.sessions.password_min;
        match &config.admin.password {
            Some(password) if password.expose().chars().count() < min => Err(self.bad_value(
                "admin.password",
                "so short".to_owned(),
                format!("at least {min} characters (sessions.password_min)"),
            )),
            _ => Ok(config),
        }
    }

    fn refuse(&self, key: &Key) -> ConfigError {
        let found = match self.figment.find_value(key.path) {
            _ if key.secret => "this value (not shown: it may be a secret)".to_owned(),
            Ok(value) => show(&value),
            Err(_) => "absent".to_owned(),
        };
        self.bad_value(key.path, found, key.allowed())
    }

    fn bad_value(&self, path: &str, found: String, allowed: String) -> ConfigError {
        let origin = self.figment.find_metadata(path).map_or("defaults".to_owned(), |metadata| {
            match self.file.as_ref().filter(|file| file.name == *metadata.name) {
                Some(file) => file.origin(path),
                None => metadata.name.to_string(),
            }
        });
        ConfigError::BadValue { key: path.to_owned(), origin, found, allowed }
    }

    /// What only building the value could find out: an address, an origin, a mode.
    fn building_failed(&self, error: &figment::Error) -> ConfigError {
        // Inside a list the path goes on with the index.
        let mut path: &[String] = &error.path;
        loop {
            if let Some(key) = keys::find(&path.join(".")) {
                return self.refuse(key);
            }
            match path.split_last() {
                Some((_, shorter)) => path = shorter,
                None => return self.bad_value(&error.path.join("."), error.kind.to_string(), String::new()),
            }
        }
    }
}

impl Config {
    /// The first key whose value is of the right kind and still makes no sense.
    fn refused(&self) -> Option<&'static str> {
        let url = self.database_url.as_ref().map(|url| url.expose());
        let schemes = ["sqlite:", "postgres://", "postgresql://"];
        [
            ("listen", self.listen.is_empty()),
            ("data", self.data.as_os_str().is_empty()),
            ("database_url", url.is_some_and(|url| !schemes.iter().any(|scheme| url.starts_with(scheme)))),
            ("profile", self.profile.trim().is_empty()),
            ("files.folder", self.files.folder.as_ref().is_some_and(|folder| folder.as_os_str().is_empty())),
            ("admin.email", !is_email(&self.admin.email)),
            ("admin.password", self.admin.password.as_ref().is_some_and(|password| password.expose().is_empty())),
            ("log.level", !is_level(&self.log.level)),
            ("mail.smtp_url", self.mail.smtp_url.as_ref().is_some_and(|url| !outgoing::is_smtp(url.expose()))),
            ("mail.from", !outgoing::is_sender(&self.mail.from)),
            ("sms.url", self.sms.url.as_ref().is_some_and(|url| !outgoing::is_gateway(url.expose()))),
            ("sms.token", self.sms.token.as_ref().is_some_and(|token| !outgoing::is_token(token.expose()))),
            ("sms.body", !outgoing::is_sms_body(&self.sms.body)),
        ]
        .into_iter()
        .find_map(|(path, refused)| refused.then_some(path))
    }
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !text.contains(char::is_whitespace)
}

/// `EnvFilter` takes a bare word for a target, so that a misspelt level would silence nothing and say nothing.
fn is_level(text: &str) -> bool {
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    let words_ok = text
        .split(',')
        .map(str::trim)
        .all(|word| !word.is_empty() && (word.contains(['=', '[']) || levels.contains(&word.to_lowercase().as_str())));
    words_ok && tracing_subscriber::EnvFilter::try_new(text).is_ok()
}

fn known(file: &File, above: &str, values: &Dict) -> Result<(), ConfigError> {
    for (name, value) in values {
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        let is_section = KEYS.iter().any(|key| key.path.split_once('.').is_some_and(|(section, _)| section == path));
        match value {
            _ if keys::find(&path).is_some() => {}
            Value::Dict(_, inner) if is_section => known(file, &path, inner)?,
            // The value is not shown: `admin = "…"` may hold a secret.
            _ if is_section => {
                return Err(ConfigError::BadValue {
                    origin: file.origin(&path),
                    found: "a single value".to_owned(),
                    allowed: format!("a section: [{path}] with {}", names(&path)),
                    key: path,
                });
            }
            _ => {
                let (origin, allowed) = (file.origin(&path), names(above));
                return Err(ConfigError::Unknown { what: "key", key: path, origin, allowed });
            }
        }
    }
    Ok(())
}

/// The names directly below a section, or at the top.
fn names(section: &str) -> String {
    let mut names: Vec<String> = Vec::new();
    for key in KEYS {
        let name = match (section, key.path.split_once('.')) {
            ("", None) => key.path.to_owned(),
            ("", Some((own, _))) => format!("[{own}]"),
            (section, Some((own, name))) if own == section => name.to_owned(),
            _ => continue,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

fn unknown_variable(name: String) -> ConfigError {
    // Whoever wrote DESKGRAPH_LIMITS_… wants to see the limits, not fifty names.
    let section = name.split('_').nth(1).map(|word| format!("{PREFIX}{word}_")).unwrap_or_default();
    let all: Vec<String> = KEYS.iter().map(Key::variable).collect();
    let near: Vec<String> = all.iter().filter(|variable| variable.starts_with(&section)).cloned().collect();
    let allowed = if near.is_empty() { all } else { near }.join(", ");
    ConfigError::Unknown { what: "variable", key: name, origin: "environment".to_owned(), allowed }
}

/// A variable is text; it is read as what its key takes. What does not read stays text and is refused later.
fn from_variable(key: &Key, text: &str) -> Value {
    match key.takes {
        Takes::Text(_) => Value::from(text),
        Takes::List(_) => {
            let items: Vec<&str> = text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
            Value::from(items)
        }
        Takes::Bool => text.parse::<bool>().map_or_else(|_| Value::from(text), Value::from),
        Takes::Whole(..) => text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from),
    }
}

fn nest(path: &str, value: Value) -> Dict {
    match path.split_once('.') {
        Some((section, name)) => Dict::from([(section.to_owned(), Value::from(nest(name, value)))]),
        None => Dict::from([(path.to_owned(), value)]),
    }
}

fn takes(key: &Key, value: &Value) -> bool {
    match key.takes {
        Takes::Text(_) => value.as_str().is_some(),
        Takes::List(_) => {
            value.as_str().is_some()
                || value.as_array().is_some_and(|items| items.iter().all(|item| item.as_str().is_some()))
        }
        Takes::Bool => matches!(value, Value::Bool(..)),
        // to_i128 covers TOML's signed numbers and a variable's unsigned ones.
        Takes::Whole(min, max) => whole(value).is_some_and(|number| (min.into()..=max.into()).contains(&number)),
    }
}

fn whole(value: &Value) -> Option<i128> {
    value.to_i128().or_else(|| value.to_u128().and_then(|number| number.try_into().ok()))
}

/// The value as one would have written it.
fn show(value: &Value) -> String {
    match value {
        Value::String(_, text) => format!("{text:?}"),
        Value::Bool(_, yes) => yes.to_string(),
        Value::Array(_, items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Value::Dict(..) => "a section".to_owned(),
        value => match (whole(value), value.to_f64()) {
            (Some(number), _) => number.to_string(),
            (_, Some(number)) => number.to_string(),
            _ => "a value of another kind".to_owned(),
        },
    }
}
