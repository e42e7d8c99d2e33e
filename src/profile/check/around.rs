//! What is filled in, referred to, given, asked, attached and told.

use super::super::error::Fault;
use super::super::form::{Field, FieldKind};
use super::super::{Profile, Scale};
use super::words::{Checked, dotted, known, list, list_at, named, once, one_of, pair};

pub(super) fn check(profile: &Profile) -> Checked {
    form(profile)?;
    references(profile)?;
    rewards(profile)?;
    contact(profile)?;
    satisfaction(profile)?;
    attachments(profile)?;
    notifications(profile)
}

fn form(profile: &Profile) -> Checked {
    let form = &profile.form;
    for (name, field) in [("title", &form.title), ("description", &form.description)] {
        if let Some(text) = &field.name {
            named(&["form", name, "name"], text)?;
        }
    }
    if !form.title.required && !form.description.required {
        let message = "neither title nor description is required; a ticket needs one of them".to_owned();
        return Err(Fault::new(&["form"], message));
    }
    list("fields", 0, profile.fields.iter().map(|field| (&*field.key, &*field.name)))?;
    profile.fields.iter().enumerate().try_for_each(|(index, field)| custom(&index.to_string(), field))
}

fn custom(index: &str, field: &Field) -> Checked {
    match (field.kind, field.choices.is_empty()) {
        (FieldKind::Choice, true) => {
            let message = "a choice needs choices = [{ key = \"…\", name = \"…\" }]".to_owned();
            return Err(Fault::new(&["fields", index], message));
        }
        (FieldKind::Text | FieldKind::Number, false) => {
            let message = "only a field of kind \"choice\" has choices; remove them, or change the kind".to_owned();
            return Err(Fault::new(&["fields", index, "choices"], message));
        }
        _ => list_at(&["fields", index, "choices"], 0, field.choices.iter().map(pair))?,
    }
    let least = match field.kind {
        FieldKind::Choice if field.min.or(field.max).is_some() => {
            let message = "a choice has no min and no max; remove them".to_owned();
            return Err(Fault::new(&["fields", index], message));
        }
        FieldKind::Number => i64::MIN,
        FieldKind::Choice | FieldKind::Text => 1,
    };
    for (name, bound) in [("min", field.min), ("max", field.max)] {
        if let Some(bound) = bound.filter(|bound| *bound < least) {
            return Err(Fault::new(&["fields", index, name], format!("cannot be {bound}; allowed: at least {least}")));
        }
    }
    match (field.min, field.max) {
        (Some(min), Some(max)) if max < min => {
            Err(Fault::new(&["fields", index, "max"], format!("cannot be {max}; allowed: at least {min}")))
        }
        _ => Ok(()),
    }
}

fn references(profile: &Profile) -> Checked {
    let kinds = || profile.reference_kinds.iter().map(|kind| (&*kind.key, &*kind.name));
    list("reference_kinds", 0, kinds())?;
    for (index, kind) in profile.reference_kinds.iter().enumerate() {
        let fields = kind.fields.iter().map(|field| (&*field.key, &*field.name));
        list_at(&["reference_kinds", &index.to_string(), "fields"], 0, fields)?;
    }
    if profile.references.required && profile.reference_kinds.is_empty() {
        let message = "tickets cannot name a reference while there are no reference_kinds; add them".to_owned();
        return Err(Fault::new(&["references", "required"], message));
    }
    let Some(by) = &profile.references.by_field else { return Ok(()) };
    let path = ["references", "by_field", "field"];
    let choices = profile.fields.iter().filter(|field| field.kind == FieldKind::Choice);
    one_of(&path, &by.field, choices.map(|field| &*field.key))?;
    let choices = profile.field(&by.field).map_or(&[][..], |field| &field.choices);
    for (choice, suiting) in &by.kinds {
        let path = ["references", "by_field", "kinds", choice];
        known(&path, choice, choices)?;
        suiting.iter().try_for_each(|kind| one_of(&path, kind, kinds().map(|(key, _)| key)))?;
        once(&path, suiting)?;
        if suiting.is_empty() && profile.references.required {
            let message = "no kind suits, but one is required; add one, or leave the choice out".to_owned();
            return Err(Fault::new(&path, message));
        }
    }
    Ok(())
}

fn rewards(profile: &Profile) -> Checked {
    for (action, reward) in profile.rewards.iter() {
        named(&["rewards", action, "name"], &reward.name)?;
        let currency = reward.currency.as_deref();
        if reward.credit_minor > 0 && currency.is_none() {
            let message = "money needs a currency, such as currency = \"USD\"".to_owned();
            return Err(Fault::new(&["rewards", action, "credit_minor"], message));
        }
        if currency.is_some_and(|code| code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase())) {
            let message = "a currency is three capitals, as ISO 4217 writes it, such as \"USD\"".to_owned();
            return Err(Fault::new(&["rewards", action, "currency"], message));
        }
        if reward.points == 0 && reward.credit_minor == 0 {
            let message = "gives nothing; say points or credit_minor, or remove it".to_owned();
            return Err(Fault::new(&["rewards", action], message));
        }
    }
    Ok(())
}

fn contact(profile: &Profile) -> Checked {
    let contact = &profile.contact;
    list_at(&["contact", "methods"], 0, contact.methods.iter().map(pair))?;
    if let Some(method) = &contact.default_method {
        known(&["contact", "default_method"], method, &contact.methods)?;
    }
    match contact.verified.len() {
        2 if contact.verified[0] == contact.verified[1] => {
            Err(Fault::new(&["contact", "verified"], "a kind is there twice; remove one".to_owned()))
        }
        0..=2 => Ok(()),
        _ => Err(Fault::new(&["contact", "verified"], "a kind is there twice; remove one".to_owned())),
    }
}

fn satisfaction(profile: &Profile) -> Checked {
    let Some(satisfaction) = &profile.satisfaction else { return Ok(()) };
    scale("scale", satisfaction.scale)?;
    satisfaction.effort.map_or(Ok(()), |effort| scale("effort", effort))
}

fn scale(name: &str, scale: Scale) -> Checked {
    let Scale { min, max, good } = scale;
    if !(0..=99).contains(&min) || max <= min || max > 100 {
        let message =
            format!("cannot go from {min} to {max}; allowed: from the lesser to the greater, within 0 to 100");
        return Err(Fault::new(&["satisfaction", name], message));
    }
    if !scale.has(good) {
        let message = format!("cannot be {good}; allowed: {min} to {max}");
        return Err(Fault::new(&["satisfaction", name, "good"], message));
    }
    Ok(())
}

fn attachments(profile: &Profile) -> Checked {
    let attachments = &profile.attachments;
    for (name, number) in [("max_bytes", attachments.max_bytes), ("max_count", attachments.max_count.into())] {
        if number == 0 {
            return Err(Fault::new(&["attachments", name], "cannot be 0; allowed: at least 1".to_owned()));
        }
    }
    for (index, media_type) in attachments.types.iter().enumerate() {
        let word = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || b"+.-".contains(&c))
        };
        let suits = media_type.split_once('/').is_some_and(|(kind, sub)| word(kind) && (sub == "*" || word(sub)));
        if !suits {
            let message = format!(
                "a media type cannot be {media_type:?}; allowed: \"application/pdf\", \"image/*\" and the like, in small letters"
            );
            return Err(Fault::new(&["attachments", "types", &index.to_string()], message));
        }
    }
    Ok(())
}

fn notifications(profile: &Profile) -> Checked {
    for (index, notification) in profile.notifications.iter().enumerate() {
        let index = index.to_string();
        if !dotted(&notification.event, 2) {
            let message = "an event is named noun.what_happened, such as \"ticket.assigned\"".to_owned();
            return Err(Fault::new(&["notifications", &index, "event"], message));
        }
        once(&["notifications", &index, "to"], &notification.to)?;
        once(&["notifications", &index, "channels"], &notification.channels)?;
        if notification.to.is_empty() || notification.channels.is_empty() {
            let message = "nobody would be told; name somebody in to, and a way in channels".to_owned();
            return Err(Fault::new(&["notifications", &index], message));
        }
        if let Some(key) = &notification.text
            && profile.text(key).is_none()
        {
            let message = format!("there is no text {key:?}; add it to [texts]");
            return Err(Fault::new(&["notifications", &index, "text"], message));
        }
    }
    Ok(())
}
