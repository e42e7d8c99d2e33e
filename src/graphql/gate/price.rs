//! What a document may cost, computed from its syntax alone.
//!
//! Every fragment is weighed once, however often it is spread: a weight is linear in the multiplier around it, so the weights
//! of 2^30 expansions are 30 additions. All sums saturate. Absent: the schema; a page size is known by its argument's name, a
//! connection by its `edges` or `nodes`.

use std::collections::HashMap;
use std::convert::Infallible;

use async_graphql::parser::types::{
    ExecutableDocument, Field, FragmentDefinition, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Value, Variables};

/// Page size when none is given.
const DEFAULT_PAGE: u64 = 25;
/// Page size that a variable without a value counts as.
const UNKNOWN_PAGE: u64 = 100;
/// What `__schema` costs; it answers the whole schema.
const SCHEMA_PRICE: u64 = 100;
/// What `__type` costs.
const TYPE_PRICE: u64 = 10;
/// What a root field of a mutation costs beside its selection: a transaction.
const MUTATION_PRICE: u64 = 10;
/// Fields that look into the index, and lists of reports, with how many things each answers if it is not told. They have neither `edges` nor
/// `nodes`, and one that looks is never cheaper than a page.
const RANKED: [(&str, u64); 13] = [
    ("search", 25),
    ("suggest", 20),
    ("complete", 8),
    ("similar", 5),
    ("related", 5),
    // Reports: agents and teams, categories and tags, steps.
    ("workload", 25),
    ("agentPerformance", 25),
    ("volume", 31),
    ("steps", 31),
    ("groups", 25),
    ("byScore", 10),
    ("byTarget", 25),
    ("byReason", 25),
];
/// Selection sets inside each other, fragments included, that are followed at all: a guard for the stack.
const LEVELS: usize = 128;

/// Why a document has no weight.
#[derive(Debug, PartialEq, Eq)]
pub enum Unweighable {
    /// A fragment contains itself.
    Cycle(String),
    /// Fragments and selections are nested beyond any use.
    TooNested,
}

/// What a part of a document adds up to. Linear in the multiplier around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Objects that it could answer.
    pub nodes: u64,
    /// Selections after every fragment is expanded: what validation and execution walk through.
    pub visits: u64,
    /// Nesting of fields.
    pub depth: u64,
    /// Aliases, after expansion.
    pub aliases: u64,
    /// Fields at its top, after expansion.
    pub roots: u64,
    /// Nesting of fields below `__schema` and `__type`.
    pub introspection_depth: u64,
    /// Lists of the introspection schema inside each other, which multiply its answer.
    pub introspection_lists: u64,
    /// Whether it asks for the schema.
    pub introspects: bool,
    /// Whether it has `edges` or `nodes` at its top, so that what is around it is a connection.
    paged: bool,
    /// Lists of introspection inside each other, wherever they are.
    lists: u64,
}

impl Weight {
    fn add(&mut self, other: Self) {
        self.nodes = self.nodes.saturating_add(other.nodes);
        self.visits = self.visits.saturating_add(other.visits);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.roots = self.roots.saturating_add(other.roots);
        self.depth = self.depth.max(other.depth);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
        self.introspection_lists = self.introspection_lists.max(other.introspection_lists);
        self.lists = self.lists.max(other.lists);
        self.introspects |= other.introspects;
        self.paged |= other.paged;
    }
}

/// Weighs the operations of one document.
pub struct Scale<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    variables: &'a Variables,
    known: HashMap<&'a str, Option<Weight>>,
}

impl<'a> Scale<'a> {
    /// A scale for a document; `variables` hold the defaults already.
    pub fn new(document: &'a ExecutableDocument, variables: &'a Variables) -> Self {
        Self { fragments: &document.fragments, variables, known: HashMap::with_capacity(document.fragments.len()) }
    }

    /// The weight of an operation.
    ///
    /// # Errors
    /// A fragment that contains itself; nesting beyond any use.
    pub fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Weight, Unweighable> {
        self.set(&operation.selection_set.node, 0)
    }

    /// What an operation of this weight is charged.
    pub fn price(kind: OperationType, weight: &Weight) -> u64 {
        let extra = if kind == OperationType::Mutation { weight.roots.saturating_mul(MUTATION_PRICE) } else { 0 };
        weight.nodes.saturating_add(extra).max(1)
    }

    fn set(&mut self, set: &'a SelectionSet, level: usize) -> Result<Weight, Unweighable> {
        if level > LEVELS {
            return Err(Unweighable::TooNested);
        }
        let mut sum = Weight::default();
        for selection in &set.items {
            sum.add(match &selection.node {
                Selection::Field(field) => self.field(&field.node, level)?,
                Selection::InlineFragment(fragment) => self.expanded(&fragment.node.selection_set.node, level)?,
                Selection::FragmentSpread(spread) => {
                    let mut weight = self.fragment(spread.node.fragment_name.node.as_str(), level)?;
                    weight.visits = weight.visits.saturating_add(1);
                    weight
                }
            });
        }
        Ok(sum)
    }

    fn expanded(&mut self, set: &'a SelectionSet, level: usize) -> Result<Weight, Unweighable> {
        let mut weight = self.set(set, level + 1)?;
        weight.visits = weight.visits.saturating_add(1);
        Ok(weight)
    }

    fn fragment(&mut self, name: &'a str, level: usize) -> Result<Weight, Unweighable> {
        match self.known.get(name) {
            Some(Some(weight)) => return Ok(*weight),
            // It is being weighed further out.
            Some(None) => return Err(Unweighable::Cycle(name.to_owned())),
            None => {}
        }
        // A fragment that does not exist weighs nothing; validation names it.
        let Some(fragment) = self.fragments.get(name) else { return Ok(Weight::default()) };
        self.known.insert(name, None);
        let weight = self.set(&fragment.node.selection_set.node, level + 1)?;
        self.known.insert(name, Some(weight));
        Ok(weight)
    }

    fn field(&mut self, field: &'a Field, level: usize) -> Result<Weight, Unweighable> {
        let name = field.name.node.as_str();
        let children = &field.selection_set.node;
        let below = if children.items.is_empty() { Weight::default() } else { self.set(children, level + 1)? };
        let mut weight = Weight {
            visits: below.visits.saturating_add(1),
            aliases: below.aliases.saturating_add(u64::from(field.alias.is_some())),
            roots: 1,
            introspection_depth: below.introspection_depth,
            introspection_lists: below.introspection_lists,
            introspects: below.introspects,
            paged: matches!(name, "edges" | "nodes") && field.arguments.is_empty(),
            lists: below.lists + u64::from(matches!(name, "fields" | "inputFields" | "interfaces" | "possibleTypes")),
            ..Weight::default()
        };
        if matches!(name, "__schema" | "__type") {
            weight.introspects = true;
            weight.introspection_depth = below.depth;
            weight.introspection_lists = below.lists;
            weight.nodes = if name == "__schema" { SCHEMA_PRICE } else { TYPE_PRICE };
            weight.depth = 1;
            return Ok(weight);
        }
        weight.depth = below.depth.saturating_add(1);
        let page = self.page(field, below.paged);
        weight.nodes = match page {
            Some(page) => page.saturating_add(page.saturating_mul(below.nodes)),
            // What a page holds is counted where the page is.
            None if matches!(name, "edges" | "node" | "nodes" | "pageInfo") && field.arguments.is_empty() => {
                below.nodes
            }
            None => below.nodes.saturating_add(u64::from(!children.items.is_empty())),
        };
        Ok(weight)
    }

    /// How many objects a field could answer, if it answers a list whose length is asked for.
    fn page(&self, field: &Field, paged: bool) -> Option<u64> {
        let mut asked = None;
        for name in ["first", "last", "ids"] {
            if let Some(value) = field.get_argument(name) {
                let known = value.node.clone().into_const_with(|variable| {
                    let unknown = || Value::Enum(Name::new("unknown"));
                    Ok::<_, Infallible>(self.variables.get(&variable).cloned().unwrap_or_else(unknown))
                });
                let Ok(value) = known;
                asked = asked.max(Some(match value {
                    Value::Number(number) => number.as_u64().unwrap_or(0),
                    Value::List(items) => items.len() as u64,
                    Value::Null => DEFAULT_PAGE,
                    Value::Enum(_) => UNKNOWN_PAGE,
                    _ => 1,
                }));
            }
        }
        let name = field.name.node.as_str();
        let ranked = RANKED.iter().find(|(ranked, _)| *ranked == name).map(|(_, size)| *size);
        asked.or(ranked).or(paged.then_some(DEFAULT_PAGE)).map(|size| size.max(1))
    }
}
