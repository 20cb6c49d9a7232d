//! Binary values, RFC 7643 §2.3.6.

use std::{fmt, str::FromStr};

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Bytes, written as base64 text in SCIM (standard alphabet; input may lack padding). `Debug` shows only their number.
///
/// ```
/// use scim_core::reflect::Binary;
///
/// let bytes: Binary = "aGk".parse()?;
/// assert_eq!(bytes.as_slice(), b"hi");
/// assert_eq!(bytes.to_string(), "aGk=");
/// # Ok::<(), scim_core::reflect::InvalidBinary>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Binary(Vec<u8>);

/// The error for text that is not base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not base64 text")]
pub struct InvalidBinary;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl Binary {
    /// Returns the bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// Consumes the value and returns the bytes.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }
}

impl From<Vec<u8>> for Binary {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl FromStr for Binary {
    type Err = InvalidBinary;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        BASE64.decode(text).map(Self).map_err(|_| InvalidBinary)
    }
}

impl fmt::Debug for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Binary({} bytes)", self.0.len())
    }
}

impl fmt::Display for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(&self.0))
    }
}
