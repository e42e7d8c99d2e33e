//! Gathering what is wrong with an input, so that a form shows all of it at once.

use super::{Class, Code, Error, Result};

/// What is wrong with an input: take each check's result through [`take`](Self::take), then ask for the [`error`](Self::error).
#[derive(Debug, Default)]
pub struct Faults(Option<Error>);

impl Faults {
    /// What was right; of what was wrong it is kept.
    pub fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.keep(error);
                None
            }
        }
    }

    fn keep(&mut self, mut error: Error) {
        match &mut self.0 {
            None => self.0 = Some(error),
            // Our own faults and refusals are nothing that a form could show beside the rest: they come alone.
            Some(first) if first.code().row().class != Class::User => {}
            Some(_) if error.code().row().class != Class::User => self.0 = Some(error),
            Some(first) => {
                let others = std::mem::take(&mut error.0.also);
                first.0.also.push(error);
                first.0.also.extend(others);
            }
        }
    }

    /// What came of it all, if nothing was wrong.
    ///
    /// # Errors
    /// Everything that was wrong, as one.
    pub fn or<T>(self, value: T) -> Result<T> {
        self.0.map_or(Ok(value), Err)
    }

    /// Everything that was wrong, as one error.
    pub fn error(self) -> Error {
        self.0.unwrap_or_else(|| Error::new(Code::InternalError))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_are_kept_in_their_order_and_a_fault_of_ours_comes_alone() {
        let mut inner = Faults::default();
        inner.take::<()>(Err(Error::invalid("title", "This may not be empty.")));
        inner.take::<()>(Err(Error::invalid("tags", "A tag is one line.")));
        let mut faults = Faults::default();
        assert_eq!(faults.take(Ok(1)), Some(1));
        faults.take::<()>(Err(Error::invalid("email", "This may not be empty.")));
        faults.take::<()>(Err(inner.error().at("ticket")));
        let fields = |error: &Error| error.each().map(|error| error.field().join(".")).collect::<Vec<_>>();
        let all = faults.error();
        assert_eq!(fields(&all), ["email", "ticket.title", "ticket.tags"]);

        let mut faults = Faults::default();
        faults.take::<()>(Err(all));
        faults.take::<()>(Err(Error::new(Code::InternalError)));
        faults.take::<()>(Err(Error::invalid("name", "This may not be empty.")));
        let alone = faults.error();
        assert_eq!((alone.code(), alone.each().count()), (Code::InternalError, 1));
    }
}
