//! x
pub enum Filter { All }
