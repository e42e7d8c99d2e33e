//! Every field of the schema, as documents: from each root field down, each field of each type that can be reached, with its arguments.
//!
//! A place is a way from a root to a leaf, such as `ticket(id: …) comments nodes author name`. Places are packed into documents as far as the
//! gate takes them and no two say the same response key differently.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

use super::arguments::Arguments;

/// How many names and signs a document may have; the gate takes 2,000.
const TOKENS: usize = 1_500;

/// A field of a type.
struct Field {
    name: String,
    /// Its arguments, and whether each must be given.
    arguments: Vec<(String, bool)>,
    /// The type of what it answers, without lists and exclamation marks.
    of: String,
}

/// The types of the schema that have fields or members.
#[derive(Default)]
pub struct Schema {
    fields: BTreeMap<String, Vec<Field>>,
    members: BTreeMap<String, Vec<String>>,
}

/// A step on the way to a leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A field with its arguments, and the type that it answers.
    Field { name: String, arguments: String, of: String },
    /// A choice of a type.
    On(String),
}

/// A way from a root to a leaf.
#[derive(Clone, Debug)]
pub struct Place(Vec<Step>);

impl Place {
    /// The response keys of the way, as the path of an error names them.
    pub fn keys(&self) -> Vec<&str> {
        self.0
            .iter()
            .filter_map(|step| match step {
                Step::Field { name, .. } => Some(name.as_str()),
                Step::On(_) => None,
            })
            .collect()
    }
}

/// A document, with the places that it looks at.
pub struct Document {
    pub text: String,
    pub places: Vec<Place>,
}

impl Schema {
    /// Reads the schema's own text, as a client does.
    pub fn read() -> Self {
        let mut schema = Self::default();
        for definition in parse_schema(&deskgraph::graphql::served().sdl).unwrap().definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            let fields = match definition.node.kind {
                TypeKind::Object(object) => {
                    for interface in object.implements {
                        schema.members.entry(interface.node.to_string()).or_default().push(name.clone());
                    }
                    object.fields
                }
                TypeKind::Union(union) => {
                    let members = union.members.into_iter().map(|member| member.node.to_string());
                    schema.members.entry(name).or_default().extend(members);
                    continue;
                }
                _ => continue,
            };
            let fields = fields.into_iter().map(|field| Field {
                name: field.node.name.node.to_string(),
                arguments: field
                    .node
                    .arguments
                    .iter()
                    .map(|argument| {
                        let required = !argument.node.ty.node.nullable && argument.node.default_value.is_none();
                        (argument.node.name.node.to_string(), required)
                    })
                    .collect(),
                of: field.node.ty.node.to_string().trim_matches(|sign| "[]!".contains(sign)).to_owned(),
            });
            schema.fields.insert(name, fields.collect());
        }
        schema
    }

    /// The names of a root's fields.
    pub fn roots(&self, root: &str) -> impl Iterator<Item = &str> {
        self.fields[root].iter().map(|field| field.name.as_str())
    }

    /// Every field of every type that can be reached from a root: `Ticket.title`.
    pub fn reachable(&self, root: &str) -> BTreeSet<String> {
        let (mut seen, mut next, mut found) = (BTreeSet::new(), vec![root.to_owned()], BTreeSet::new());
        while let Some(name) = next.pop() {
            if seen.insert(name.clone()) {
                next.extend(self.members.get(&name).into_iter().flatten().cloned());
                for field in self.fields.get(&name).into_iter().flatten() {
                    found.insert(format!("{name}.{}", field.name));
                    next.push(field.of.clone());
                }
            }
        }
        found
    }

    /// The documents that look at everything below one root field, for each way of giving its arguments. `seen` learns which fields they
    /// ask for.
    pub fn documents(
        &self,
        root: &str,
        field: &str,
        arguments: &Arguments,
        seen: &mut BTreeSet<String>,
    ) -> Vec<Document> {
        let found = self.fields[root].iter().find(|found| found.name == field).unwrap();
        let mut documents = Vec::new();
        for (nth, given) in arguments.of(root, field, &found.arguments, 0).into_iter().enumerate() {
            let mut places = Vec::new();
            let step = Step::Field { name: field.to_owned(), arguments: given, of: found.of.clone() };
            seen.insert(format!("{root}.{field}"));
            let mut way = Way { places: &mut places, seen, types: vec![root.to_owned()], arguments };
            // The first deep, the others as far as they can differ from it.
            self.go(&mut way, vec![step], &found.of, if nth == 0 { arguments.depth(field) } else { 1 });
            documents.extend(pack(places, root));
        }
        documents
    }

    fn go(&self, way: &mut Way<'_>, steps: Vec<Step>, of: &str, hops: usize) {
        if let Some(members) = self.members.get(of) {
            let further = |step: Step| [steps.clone(), vec![step]].concat();
            way.places.push(Place(further(Step::Field {
                name: "__typename".into(),
                arguments: String::new(),
                of: "String".into(),
            })));
            for member in members {
                self.go(way, further(Step::On(member.clone())), member, hops);
            }
            return;
        }
        let Some(fields) = self.fields.get(of) else {
            way.places.push(Place(steps));
            return;
        };
        let plumbing = of.ends_with("Connection") || of.ends_with("Edge");
        let again = !plumbing && way.types.iter().any(|before| before == of);
        way.types.push(of.to_owned());
        let depth = way.types.len();
        for field in fields {
            let leaf = !self.fields.contains_key(&field.of) && !self.members.contains_key(&field.of);
            // The entries of a list are looked into by `nodes`; `edges` has the same ones with their cursors.
            let hops_there = match (plumbing, field.name.as_str()) {
                (true, "edges") if fields.iter().any(|field| field.name == "nodes") => 0,
                (true, _) => hops,
                (false, _) if leaf => hops,
                (false, _) if hops == 0 || again => continue,
                (false, _) => hops - 1,
            };
            way.seen.insert(format!("{of}.{}", field.name));
            for arguments in way.arguments.of(of, &field.name, &field.arguments, depth) {
                let step = Step::Field { name: field.name.clone(), arguments, of: field.of.clone() };
                self.go(way, [steps.clone(), vec![step]].concat(), &field.of, hops_there);
            }
        }
        way.types.pop();
    }
}

/// Where a walk is.
struct Way<'a> {
    places: &'a mut Vec<Place>,
    seen: &'a mut BTreeSet<String>,
    types: Vec<String>,
    arguments: &'a Arguments,
}

/// Packs places into documents.
pub fn pack(places: Vec<Place>, root: &str) -> Vec<Document> {
    let mut packages: Vec<Package> = Vec::new();
    for place in places {
        let fits = packages.iter_mut().find(|package| package.fits(&place));
        match fits {
            Some(package) => package.put(place),
            None => {
                let mut package = Package::default();
                package.put(place);
                packages.push(package);
            }
        }
    }
    let kind = if root == "Subscription" { "subscription " } else { "" };
    packages
        .into_iter()
        .map(|package| Document { text: format!("{kind}{{ {} }}", package.tree.text()), places: package.places })
        .collect()
}

/// Places that go into one document.
#[derive(Default)]
struct Package {
    places: Vec<Place>,
    tree: Tree,
    /// What each response key says.
    says: BTreeMap<String, (String, String)>,
    tokens: usize,
}

impl Package {
    /// The response keys of a place, each with what it says.
    fn said(place: &Place) -> impl Iterator<Item = (String, (String, String))> {
        let mut path = String::new();
        place.0.iter().filter_map(move |step| match step {
            Step::Field { name, arguments, of } => {
                path.push('/');
                path.push_str(name);
                Some((path.clone(), (arguments.clone(), of.clone())))
            }
            Step::On(_) => None,
        })
    }

    fn fits(&self, place: &Place) -> bool {
        self.tokens < TOKENS
            && Self::said(place).all(|(key, says)| self.says.get(&key).is_none_or(|said| *said == says))
    }

    fn put(&mut self, place: Place) {
        self.says.extend(Self::said(&place));
        self.tokens += self.tree.add(&place.0);
        self.places.push(place);
    }
}

/// A selection.
#[derive(Default)]
struct Tree(Vec<(String, Tree)>);

impl Tree {
    /// Adds a way; answers how many names and signs it needs more.
    fn add(&mut self, steps: &[Step]) -> usize {
        let Some((first, rest)) = steps.split_first() else { return 0 };
        let text = match first {
            Step::Field { name, arguments, .. } => format!("{name}{arguments}"),
            Step::On(name) => format!("... on {name}"),
        };
        if let Some((_, below)) = self.0.iter_mut().find(|(there, _)| *there == text) {
            return below.add(rest);
        }
        let signs = 2 + text.split(|sign: char| !sign.is_alphanumeric()).count();
        self.0.push((text, Tree::default()));
        signs + self.0.last_mut().map_or(0, |(_, below)| below.add(rest))
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (step, below) in &self.0 {
            text.push_str(step);
            if !below.0.is_empty() {
                text.push_str(&format!(" {{ {} }}", below.text()));
            }
            text.push(' ');
        }
        text
    }
}
