//! What is written to somebody who is to prove that they read it: in the language that they asked in, in the words of the profile if it
//! has its own.

use minijinja::{Environment, context};

use super::code::{self, Purpose, Secrets};
use crate::deliveries::delivery::Channel;
use crate::deliveries::{self, Message};
use crate::desk::Tx;
use crate::error::{Error, Result};
use crate::people::contact::Kind;
use crate::profile::Profile;

/// A kind of letter: the name of its texts in a profile stands before `.subject`, `.body` and `.sms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letter {
    /// Whether an address is theirs.
    Verify,
    /// They have forgotten their password, or never had one.
    Reset,
    /// Somebody registered with an address that is known here already.
    Known,
}

/// The engine's own texts: for each letter in English and in German its name, subject, body and text message.
type Own = (&'static str, [(&'static str, [&'static str; 3]); 2]);

const VERIFY: Own = (
    "account.verify",
    [
        (
            "en",
            [
                "Please confirm your address",
                "Somebody, most likely you, told {{ desk }} to reach you at {{ address }}.\n\n\
                 {% if link %}To confirm that it is yours, open this link:\n\n{{ link }}\n\nOr enter this code: {{ code }}\
                 {% else %}To confirm that it is yours, enter this code: {{ code }}\n\nOr this token: {{ token }}{% endif %}\n\n\
                 Both are good for {{ hours }} hours. If it was not you, there is nothing to do.\n",
                "{{ code }} is your code for {{ desk }}. It is good for {{ minutes }} minutes.",
            ],
        ),
        (
            "de",
            [
                "Bitte bestätigen Sie Ihre Adresse",
                "Jemand, vermutlich Sie, hat bei {{ desk }} die Adresse {{ address }} angegeben.\n\n\
                 {% if link %}Um zu bestätigen, dass sie Ihnen gehört, öffnen Sie diesen Link:\n\n{{ link }}\n\nOder geben Sie diesen Code ein: {{ code }}\
                 {% else %}Um zu bestätigen, dass sie Ihnen gehört, geben Sie diesen Code ein: {{ code }}\n\nOder dieses Token: {{ token }}{% endif %}\n\n\
                 Beide gelten {{ hours }} Stunden. Waren Sie es nicht, ist nichts zu tun.\n",
                "{{ code }} ist Ihr Code für {{ desk }}. Er gilt {{ minutes }} Minuten.",
            ],
        ),
    ],
);

const RESET: Own = (
    "account.reset",
    [
        (
            "en",
            [
                "Choose a new password",
                "Somebody, most likely you, wants to choose a new password for the account of {{ address }} at {{ desk }}.\n\n\
                 {% if link %}To do so, open this link:\n\n{{ link }}\n\nOr enter this code: {{ code }}\
                 {% else %}To do so, enter this code: {{ code }}\n\nOr this token: {{ token }}{% endif %}\n\n\
                 Both are good for {{ minutes }} minutes. If it was not you, there is nothing to do: your password stays as it is.\n",
                "{{ code }} is your code for a new password at {{ desk }}. It is good for {{ minutes }} minutes. Tell it nobody.",
            ],
        ),
        (
            "de",
            [
                "Wählen Sie ein neues Passwort",
                "Jemand, vermutlich Sie, möchte für das Konto von {{ address }} bei {{ desk }} ein neues Passwort wählen.\n\n\
                 {% if link %}Öffnen Sie dazu diesen Link:\n\n{{ link }}\n\nOder geben Sie diesen Code ein: {{ code }}\
                 {% else %}Geben Sie dazu diesen Code ein: {{ code }}\n\nOder dieses Token: {{ token }}{% endif %}\n\n\
                 Beide gelten {{ minutes }} Minuten. Waren Sie es nicht, ist nichts zu tun: Ihr Passwort bleibt, wie es ist.\n",
                "{{ code }} ist Ihr Code für ein neues Passwort bei {{ desk }}. Er gilt {{ minutes }} Minuten. Sagen Sie ihn niemandem.",
            ],
        ),
    ],
);

const KNOWN: Own = (
    "account.known",
    [
        (
            "en",
            [
                "You are known here already",
                "Somebody, most likely you, registered with {{ address }} at {{ desk }}, where this address is known already.\n\n\
                 {% if link %}To choose a password and see what you have asked so far, open this link:\n\n{{ link }}\n\nOr enter this code: {{ code }}\
                 {% else %}To choose a password and see what you have asked so far, enter this code: {{ code }}\n\nOr this token: {{ token }}{% endif %}\n\n\
                 Both are good for {{ minutes }} minutes. If you have a password, sign in with it. If it was not you, there is nothing to do.\n",
                "",
            ],
        ),
        (
            "de",
            [
                "Sie sind hier schon bekannt",
                "Jemand, vermutlich Sie, hat sich mit {{ address }} bei {{ desk }} angemeldet, wo diese Adresse schon bekannt ist.\n\n\
                 {% if link %}Um ein Passwort zu wählen und zu sehen, was Sie bisher gefragt haben, öffnen Sie diesen Link:\n\n{{ link }}\n\nOder geben Sie diesen Code ein: {{ code }}\
                 {% else %}Um ein Passwort zu wählen und zu sehen, was Sie bisher gefragt haben, geben Sie diesen Code ein: {{ code }}\n\nOder dieses Token: {{ token }}{% endif %}\n\n\
                 Beide gelten {{ minutes }} Minuten. Haben Sie schon ein Passwort, melden Sie sich damit an. Waren Sie es nicht, ist nichts zu tun.\n",
                "",
            ],
        ),
    ],
);

/// The parts of a letter, by the end of their names.
const PARTS: [&str; 3] = ["subject", "body", "sms"];

impl Letter {
    fn own(self) -> &'static Own {
        match self {
            Self::Verify => &VERIFY,
            Self::Reset => &RESET,
            Self::Known => &KNOWN,
        }
    }

    /// The texts that there may be for a part, best first: the profile's in the first language that anybody has, then the engine's.
    fn texts<'a>(self, profile: &'a Profile, languages: &[String], part: usize) -> Vec<&'a str> {
        let (name, own) = self.own();
        let key = format!("{name}.{}", PARTS[part]);
        let mut found = Vec::new();
        for language in languages {
            found.extend(profile.text_in(language, &key));
            found.extend(own.iter().find(|(tag, _)| tag == language).map(|(_, texts)| texts[part]));
        }
        found.extend(profile.text(&key));
        found.push(own[0].1[part]);
        found
    }
}

/// The languages that somebody asks in, as `Accept-Language` says it, best first; of `de-AT` also `de`.
pub(super) fn languages(accepted: Option<&str>) -> Vec<String> {
    let mut weighed: Vec<(f32, String)> = Vec::new();
    for part in accepted.unwrap_or_default().split(',').take(10) {
        let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
        let weight = rest.trim().strip_prefix("q=").map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
        let tag = tag.trim();
        if !tag.is_empty() && tag != "*" && weight > 0.0 {
            weighed.push((weight, tag.to_owned()));
        }
    }
    weighed.sort_by(|one, two| two.0.total_cmp(&one.0));
    let with_general = |(_, tag): (f32, String)| {
        let general = tag.split('-').next().unwrap_or_default().to_lowercase();
        [tag, general]
    };
    let mut tags: Vec<String> = weighed.into_iter().flat_map(with_general).collect();
    tags.dedup();
    tags
}

/// Puts a letter with these secrets into the transaction.
///
/// # Errors
/// The database's.
pub(super) async fn post(
    tx: &Tx,
    letter: Letter,
    row: &code::Model,
    secrets: &Secrets,
    (languages, link): (&[String], Option<&str>),
) -> Result<()> {
    let life = row.purpose.life(row.kind).as_secs();
    let values = context! {
        desk => &tx.profile().name,
        address => &row.value,
        code => &secrets.code,
        token => &secrets.token,
        link => link.map(|link| link.replace("{token}", &secrets.token)).unwrap_or_default(),
        minutes => life / 60,
        hours => life / 3_600,
    };
    let environment = Environment::empty();
    let render = |part: usize| {
        let texts = letter.texts(tx.profile(), languages, part);
        let rendered = texts.into_iter().map(|text| environment.render_str(text, &values));
        let said = rendered.inspect(|text| {
            if let Err(error) = text {
                tracing::warn!(%error, ?letter, "a text of the profile cannot be used");
            }
        });
        said.filter_map(std::result::Result::ok)
            .next()
            .ok_or_else(|| Error::internal(anyhow::anyhow!("no text is good")))
    };
    let (channel, subject, body) = match row.kind {
        Kind::Email => (Channel::Email, render(0)?, render(1)?),
        Kind::Phone => (Channel::Sms, String::new(), render(2)?),
    };
    let message = Message {
        channel,
        person: row.person_id,
        ticket: None,
        purpose: match row.purpose {
            Purpose::Verify => "contact.verify",
            Purpose::Reset => "password.reset",
        }
        .to_owned(),
        cause: row.id.to_string(),
        // What gateways dial; a mail keeps the letters as they were given.
        address: if row.kind == Kind::Phone { row.folded.clone() } else { row.value.clone() },
        subject,
        body,
        html: None,
        useful_until: Some(row.expires_at),
    };
    deliveries::enqueue(tx.conn(), tx.real, vec![message]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_read_as_browsers_write_them() {
        assert_eq!(languages(Some("de-AT, en;q=0.7, fr;q=0.9, *;q=0.1")), ["de-AT", "de", "fr", "en"]);
        assert_eq!(languages(Some("en")), ["en"]);
        assert_eq!(languages(Some(";q=x,, de;q=0")), Vec::<String>::new());
        assert_eq!(languages(None), Vec::<String>::new());
    }

    #[test]
    fn every_text_of_our_own_can_be_rendered() {
        let values =
            context! { desk => "D", address => "a", code => "c", token => "t", link => "", minutes => 1, hours => 1 };
        for (name, own) in [VERIFY, RESET, KNOWN] {
            for text in own.iter().flat_map(|(_, texts)| texts) {
                assert!(Environment::empty().render_str(text, &values).is_ok(), "{name}: {text}");
            }
        }
    }
}
