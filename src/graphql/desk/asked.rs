//! What a client asks of whoever opens a ticket: the form, fields of the desk's own, references, contact, files.

use async_graphql::SimpleObject;

use super::workflow::Choice;
use crate::profile::{self, FieldKind, Named, Profile, ReferenceOwner};

fn choices(list: &[Named]) -> Vec<Choice<'_>> {
    list.iter().map(Choice::from).collect()
}

/// The two texts that every ticket has. Where one is not required, it is taken from the other.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowForm<'a> {
    /// What it is about, on one line.
    title: WorkflowText<'a>,
    /// What happened.
    description: WorkflowText<'a>,
}

/// A text that is asked for.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowText<'a> {
    /// What the desk calls it: show this.
    name: &'a str,
    /// Whether it must be filled in.
    required: bool,
    /// The shortest, in characters.
    min: usize,
    /// The longest, in characters.
    max: usize,
}

impl<'a> From<&'a Profile> for WorkflowForm<'a> {
    fn from(profile: &'a Profile) -> Self {
        let (form, limits) = (&profile.form, &profile.limits);
        Self {
            title: WorkflowText {
                name: form.title.name.as_deref().unwrap_or("Title"),
                required: form.title.required,
                min: limits.title_min,
                max: limits.title_max,
            },
            description: WorkflowText {
                name: form.description.name.as_deref().unwrap_or("Description"),
                required: form.description.required,
                min: limits.description_min,
                max: limits.description_max,
            },
        }
    }
}

/// A field of the desk's own on every ticket.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowField<'a> {
    /// Its key: send this.
    key: &'a str,
    /// Its name: show this.
    name: &'a str,
    /// What it holds.
    kind: FieldKind,
    /// What can be chosen, if it is a choice.
    choices: Vec<Choice<'a>>,
    /// Whether a new ticket must say it.
    required: bool,
    /// The shortest text, in characters, or the least number.
    min: Option<i64>,
    /// The longest text, in characters, or the greatest number.
    max: Option<i64>,
}

impl<'a> From<&'a profile::Field> for WorkflowField<'a> {
    fn from(field: &'a profile::Field) -> Self {
        let text = field.kind == FieldKind::Text;
        Self {
            key: &field.key,
            name: &field.name,
            kind: field.kind,
            choices: choices(&field.choices),
            required: field.required,
            min: field.min.or(text.then_some(1)),
            max: field.max.or(text.then_some(profile::TEXT_MAX)),
        }
    }
}

/// A kind of thing outside the desk that a ticket can be about.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowReferenceKind<'a> {
    /// Its key: send this.
    key: &'a str,
    /// Its name: show this.
    name: &'a str,
    /// Who one of them belongs to.
    owner: ReferenceOwner,
    /// Whether people share one of them; customers can then bring only those into a ticket about it.
    participants: bool,
    /// What one of them says of itself, beside its id.
    fields: Vec<WorkflowReferenceField<'a>>,
}

/// Something that a reference says of itself.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowReferenceField<'a> {
    /// Its key.
    key: &'a str,
    /// Its name: show this.
    name: &'a str,
    /// Whether every one of the kind says it.
    required: bool,
}

impl<'a> From<&'a profile::ReferenceKind> for WorkflowReferenceKind<'a> {
    fn from(kind: &'a profile::ReferenceKind) -> Self {
        let fields = kind.fields.iter();
        let fields =
            fields.map(|field| WorkflowReferenceField { key: &field.key, name: &field.name, required: field.required });
        Self {
            key: &kind.key,
            name: &kind.name,
            owner: kind.owner,
            participants: kind.participants,
            fields: fields.collect(),
        }
    }
}

/// Which reference a new ticket names.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowReferences<'a> {
    /// Whether it must name one. It never names more.
    required: bool,
    /// Whether it must be the requester's own.
    owned: bool,
    /// The key of the field whose choice says which kinds suit. Null: every kind suits every ticket.
    by_field: Option<&'a str>,
    /// Which kinds suit which choice of that field. A choice that is not here suits every kind.
    suiting: Vec<WorkflowSuiting<'a>>,
}

/// Which kinds of reference suit a choice.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowSuiting<'a> {
    /// The key of the choice.
    choice: &'a str,
    /// Keys of kinds.
    kinds: Vec<&'a str>,
}

impl<'a> From<&'a profile::References> for WorkflowReferences<'a> {
    fn from(references: &'a profile::References) -> Self {
        let by = references.by_field.as_ref();
        let suiting = by.into_iter().flat_map(|by| &by.kinds);
        let suiting = suiting
            .map(|(choice, kinds)| WorkflowSuiting { choice, kinds: kinds.iter().map(String::as_str).collect() });
        Self {
            required: references.required,
            owned: references.owned,
            by_field: by.map(|by| by.field.as_str()),
            suiting: suiting.collect(),
        }
    }
}

/// How requesters are reached.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowContact<'a> {
    /// A requester must have a verified contact of one of these kinds before a ticket is opened. Empty: none is demanded.
    verified: Vec<profile::ContactKind>,
    /// How a requester can wish to be answered. Empty: nobody is asked.
    methods: Vec<Choice<'a>>,
    /// The key of the method of whoever says none.
    default_method: Option<&'a str>,
}

impl<'a> From<&'a profile::Contact> for WorkflowContact<'a> {
    fn from(contact: &'a profile::Contact) -> Self {
        Self {
            verified: contact.verified.clone(),
            methods: choices(&contact.methods),
            default_method: contact.default_method.as_deref(),
        }
    }
}

/// Which files can be attached.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowAttachments<'a> {
    /// The largest file, in bytes.
    max_bytes: u64,
    /// Files of one ticket or comment.
    max_count: u32,
    /// Media types that are taken; `image/*` is all of a kind.
    types: Vec<&'a str>,
}

impl<'a> From<&'a profile::Attachments> for WorkflowAttachments<'a> {
    fn from(attachments: &'a profile::Attachments) -> Self {
        Self {
            max_bytes: attachments.max_bytes,
            max_count: attachments.max_count,
            types: attachments.types.iter().map(String::as_str).collect(),
        }
    }
}
