pub fn check(_: &super::Profile) -> Result<(), Fault> { Ok(()) }
pub struct Fault; impl Fault { pub fn at(self, _: &str, _: &str) -> super::ProfileError { unreachable!() } }
