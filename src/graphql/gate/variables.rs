//! Variables, before the library sees them: defaults filled in, required ones present, built-in scalars of the right kind.
//!
//! async-graphql ignores a variable's default in `@skip` and `@include`, does not miss a required variable that only a
//! directive uses, and finds a value of the wrong kind only while executing. Here all three are refusals of the request, as
//! the specification has it. Absent: input objects and own scalars, whose shape only the schema knows.

use std::collections::HashSet;

use async_graphql::parser::types::{BaseType, OperationDefinition, Type};
use async_graphql::{Name, Value, Variables};

use crate::error::{Code, Error, Result};
use crate::language::Said;
use crate::say;

/// Fills in defaults and checks what can be checked without the schema. Answers the variables that have no value.
///
/// # Errors
/// `BAD_USER_INPUT` that names the variable.
pub fn settle(operation: &OperationDefinition, variables: &mut Variables) -> Result<HashSet<Name>> {
    let mut absent = HashSet::new();
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        let name = &definition.name.node;
        let kind = &definition.var_type.node;
        match variables.get(name) {
            None => match &definition.default_value {
                Some(default) => {
                    variables.insert(name.clone(), default.node.clone());
                }
                None if !kind.nullable => {
                    return Err(bad(
                        name,
                        say!(
                            "Variable \"${name}\" of required type \"{kind}\" was not provided.",
                            name = name.as_str(),
                            kind = kind.to_string()
                        ),
                    ));
                }
                None => {
                    absent.insert(name.clone());
                }
            },
            Some(Value::Null) if !kind.nullable => {
                return Err(bad(
                    name,
                    say!(
                        "Variable \"${name}\" of non-null type \"{kind}\" must not be null.",
                        name = name.as_str(),
                        kind = kind.to_string()
                    ),
                ));
            }
            Some(value) if !fits(kind, value) => {
                return Err(bad(
                    name,
                    say!(
                        "Variable \"${name}\" got a value that is not of type \"{kind}\".",
                        name = name.as_str(),
                        kind = kind.to_string()
                    ),
                ));
            }
            Some(_) => {}
        }
    }
    Ok(absent)
}

fn bad(name: &str, message: impl Into<Said>) -> Error {
    Error::with(Code::BadUserInput, message)
        .hint("Send the variable with a value of its type.")
        .at(name)
        .at("variables")
}

fn fits(kind: &Type, value: &Value) -> bool {
    if *value == Value::Null {
        return kind.nullable;
    }
    match (&kind.base, value) {
        (BaseType::List(item), Value::List(values)) => values.iter().all(|value| fits(item, value)),
        // A single value stands for a list of one.
        (BaseType::List(item), value) => fits(item, value),
        (BaseType::Named(name), value) => match name.as_str() {
            "Int" => {
                matches!(value, Value::Number(number) if number.as_i64().is_some_and(|n| i32::try_from(n).is_ok()))
            }
            "Float" => matches!(value, Value::Number(_)),
            "String" => matches!(value, Value::String(_)),
            "Boolean" => matches!(value, Value::Boolean(_)),
            "ID" => match value {
                Value::String(_) => true,
                Value::Number(number) => !number.is_f64(),
                _ => false,
            },
            _ => true,
        },
    }
}
