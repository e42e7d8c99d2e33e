//! What measures are told apart by.

use prometheus_client::encoding::EncodeLabelSet;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Request {
    pub kind: &'static str,
    pub field: String,
    pub code: &'static str,
}

/// An operation and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Operation {
    pub operation: &'static str,
    pub outcome: &'static str,
}

/// Messages.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Delivery {
    pub channel: String,
    pub status: String,
}
