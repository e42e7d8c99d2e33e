//! What a notification says: the profile's own text where it has one, in the language of whoever reads it, else the engine's.
//!
//! A text has parts. The text itself, one sentence, is what the inbox shows. Under the same key with `.sms`, `.subject` and `.body` are
//! what text messages and mails say; whoever writes none gets the engine's, which are made around the sentence.

use minijinja::{Environment, UndefinedBehavior, context};

use super::events;
use crate::comments::events as comments;
use crate::profile::{Profile, ProfileError};
use crate::sla::events as sla;
use crate::tickets::events::kind;

/// The parts of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// One sentence.
    Text,
    /// A text message.
    Sms,
    /// The subject of a mail.
    Subject,
    /// The body of a mail.
    Body,
}

impl Part {
    const ALL: [Self; 4] = [Self::Text, Self::Sms, Self::Subject, Self::Body];

    /// What stands behind the key of the text.
    fn ending(self) -> &'static str {
        match self {
            Self::Text => "",
            Self::Sms => ".sms",
            Self::Subject => ".subject",
            Self::Body => ".body",
        }
    }

    /// The engine's own, around the sentence.
    fn own(self) -> &'static str {
        match self {
            Self::Text => "{{ message }}",
            Self::Sms => "{% if ticket.number in text %}{{ text }}{% else %}{{ ticket.number }}: {{ text }}{% endif %}",
            Self::Subject => {
                "{% if ticket.number %}[{{ ticket.number }}] {{ ticket.title }}{% else %}{{ desk }}{% endif %}"
            }
            Self::Body => {
                "{{ text }}\n{% if comment %}\n{{ comment }}\n{% endif %}\
                 {% if ticket.number %}\n{{ ticket.number }}: {{ ticket.title }}\n{% endif %}\n{{ desk }}\n"
            }
        }
    }
}

/// The engine's own sentence for a kind of event.
fn sentence(of: &str) -> &'static str {
    match of {
        kind::CREATED => "{{ ticket.number }} was opened: {{ ticket.title }}",
        kind::UPDATED => "{{ ticket.number }} was changed: {{ ticket.title }}",
        kind::ASSIGNED => {
            "{% if assignee %}{{ assignee }} works on {{ ticket.number }}\
             {% elif team %}{{ team }} takes care of {{ ticket.number }}\
             {% else %}Nobody works on {{ ticket.number }} at the moment{% endif %}: {{ ticket.title }}"
        }
        kind::STATUS_CHANGED => "{{ ticket.number }} is now {{ status }}: {{ ticket.title }}",
        kind::PRIORITY_CHANGED => "{{ ticket.number }} has another priority, {{ ticket.priority }}: {{ ticket.title }}",
        kind::ESCALATED => "{{ ticket.number }} was escalated to {{ level }}: {{ ticket.title }}",
        kind::DEESCALATED => "{{ ticket.number }} went back to a lower level: {{ ticket.title }}",
        kind::ROUTED => "The desk looked for somebody to work on {{ ticket.number }}: {{ ticket.title }}",
        kind::RATED => "{{ ticket.number }} was rated: {{ ticket.title }}",
        comments::ADDED => "{{ actor or desk }} wrote on {{ ticket.number }}: {{ ticket.title }}",
        sla::WARNED => "A deadline of {{ ticket.number }} comes near: {{ ticket.title }}",
        sla::BREACHED => "A deadline of {{ ticket.number }} has passed: {{ ticket.title }}",
        events::SENT => "{{ message }}",
        _ => "Something happened to {{ ticket.number }}: {{ ticket.title }}",
    }
}

/// What can be inserted into a text. What there is not is empty.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// The ticket's number.
    pub number: String,
    /// What it is about.
    pub title: String,
    /// How urgent it is, as the desk calls it.
    pub priority: String,
    /// The status that it came to, or is in, as the desk calls it.
    pub status: String,
    /// The level that it came to, as the desk calls it.
    pub level: String,
    /// Who asks.
    pub requester: String,
    /// Who works on it.
    pub assignee: String,
    /// The team that works on it.
    pub team: String,
    /// Who did what is told.
    pub actor: String,
    /// What was written on the ticket.
    pub comment: String,
    /// What somebody sent.
    pub message: String,
}

/// What is said of a kind of event, at this desk, in a language.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    profile: &'a Profile,
    locale: Option<&'a str>,
    kind: &'a str,
    key: &'a str,
}

impl<'a> Words<'a> {
    /// Of a kind of event, under the key that a rule of the profile names, or else under that of the event itself.
    pub fn new(profile: &'a Profile, locale: Option<&'a str>, kind: &'a str, key: Option<&'a str>) -> Self {
        Self { profile, locale, kind, key: key.unwrap_or(kind) }
    }

    /// The template of a part: the profile's in the reader's language, in a wider one (`de` for `de-AT`), in the desk's own, or the
    /// engine's.
    fn template(&self, part: Part) -> &'a str {
        let key = format!("{}{}", self.key, part.ending());
        let language = self.locale.and_then(|locale| locale.split('-').next());
        let translated = [self.locale, language].into_iter().flatten().find_map(|tag| self.profile.text_in(tag, &key));
        translated.or_else(|| self.profile.text(&key)).unwrap_or(match part {
            Part::Text => sentence(self.kind),
            part => part.own(),
        })
    }

    /// A part, with values in it. A template is checked when the desk starts; one that fails all the same says its sentence as it is.
    pub fn say(&self, part: Part, values: &Values) -> String {
        let template = self.template(part);
        let text = match part {
            Part::Text => String::new(),
            _ => self.say(Part::Text, values),
        };
        render(self.profile, template, values, &text).unwrap_or_else(|error| {
            tracing::error!(key = self.key, %error, "a text could not be put together");
            template.to_owned()
        })
    }
}

fn render(profile: &Profile, template: &str, values: &Values, text: &str) -> Result<String, minijinja::Error> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let ticket = context! {
        number => values.number.as_str(),
        title => values.title.as_str(),
        priority => values.priority.as_str(),
    };
    let all = context! {
        ticket,
        text,
        desk => profile.name.as_str(),
        status => values.status.as_str(),
        level => values.level.as_str(),
        requester => values.requester.as_str(),
        assignee => values.assignee.as_str(),
        team => values.team.as_str(),
        actor => values.actor.as_str(),
        comment => values.comment.as_str(),
        message => values.message.as_str(),
    };
    environment.render_str(template, all)
}

/// Checks the profile's own texts that people are told.
///
/// # Errors
/// A text that does not read, or that names values which there are not.
pub fn check(profile: &Profile) -> Result<(), ProfileError> {
    let values = Values { number: "1".to_owned(), comment: "words".to_owned(), ..Values::default() };
    let mut keys: Vec<&str> =
        profile.notifications.iter().map(|rule| rule.text.as_ref().unwrap_or(&rule.event).as_str()).collect();
    keys.push(events::SENT);
    let languages = profile.texts.by_language.iter().map(|(language, texts)| (Some(language), texts));
    for (language, texts) in languages.chain([(None, &profile.texts.own)]) {
        for (key, part) in keys.iter().flat_map(|key| Part::ALL.map(|part| (format!("{key}{}", part.ending()), part))) {
            let Some(template) = texts.get(&key) else { continue };
            let text = if part == Part::Text { "" } else { "A sentence." };
            for values in [&values, &Values::default()] {
                if let Err(error) = render(profile, template, values, text) {
                    let path: Vec<&str> =
                        ["texts"].into_iter().chain(language.map(String::as_str)).chain([&*key]).collect();
                    return Err(profile.fault(&path, format!("this text cannot be put together: {error}")));
                }
            }
        }
    }
    Ok(())
}
