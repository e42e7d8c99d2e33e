//! Values that are more than text or number: they are checked when read, so that nobody checks them again.
//!
//! Absent: host names in `listen` and `trusted_proxies`; what they mean could change while the process runs.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Deserializer};

/// Text that must not be seen: `Debug` hides it, there is no `Display`, and it is not serialisable.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself. Never log it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// A web origin, exactly as browsers send it in `Origin`: lower case, no default port, no path.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

impl Origin {
    /// The origin as browsers write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Origin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let lower = text.to_lowercase();
        let refused = || format!("{text:?} is not an origin");
        let (scheme, authority) = lower.split_once("://").ok_or_else(refused)?;
        let default_port = match scheme {
            "http" => ":80",
            "https" => ":443",
            _ => return Err(refused()),
        };
        let authority = authority.strip_suffix(default_port).unwrap_or(authority);
        // An IPv6 host has colons of its own, inside brackets.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let host_ok = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
            None => !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')),
        };
        let port_ok = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|number| number.to_string() == port));
        if host_ok && port_ok { Ok(Self(format!("{scheme}://{authority}"))) } else { Err(refused()) }
    }
}

/// An address, or all addresses that begin with the same bits: `10.0.0.1`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Prefix {
    address: IpAddr,
    bits: u32,
}

impl Prefix {
    /// Whether the address is in the prefix. An IPv4 address that arrives on an IPv6 socket counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                own.to_bits().checked_shr(32 - self.bits).unwrap_or(0)
                    == other.to_bits().checked_shr(32 - self.bits).unwrap_or(0)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                own.to_bits().checked_shr(128 - self.bits).unwrap_or(0)
                    == other.to_bits().checked_shr(128 - self.bits).unwrap_or(0)
            }
            _ => false,
        }
    }
}

impl TryFrom<String> for Prefix {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let refused = || format!("{text:?} is not an address or a prefix");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().map_err(|_| refused())?)),
            None => (text.as_str(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| refused())?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        match bits.unwrap_or(all) {
            bits if bits <= all => Ok(Self { address, bits }),
            _ => Err(refused()),
        }
    }
}

/// A list nearly always has one entry, so one entry need not be written as a list.
pub(super) fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany<T> {
        One(T),
        Many(Vec<T>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(item) => vec![item],
        OneOrMany::Many(items) => items,
    })
}
