//! Tower integration.
