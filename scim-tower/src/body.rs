//! Reads a body, with limits on its size, on its time, and on the memory of all bodies together.

use std::{pin::Pin, time::Duration};

use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use http_body::Body;
use http_body_util::BodyExt;
use scim_core::Error;

use crate::budget::Share;

/// How much of a rejected body is read and discarded, so that the client can read the reason.
pub(crate) const DISCARD: u64 = 64 * 1024 * 1024;

/// How many bytes of each body the budget does not count, so that large bodies of other clients cannot block a request
/// of the usual size. The number of connections limits the memory of these bytes.
const FREE: usize = 16 * 1024;

/// When a client should retry if there is no memory for its body.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The limits for a body.
pub(crate) struct Limits {
    /// The maximum number of bytes of this body.
    pub(crate) bytes: usize,
    /// How long the body may take to arrive.
    pub(crate) time: Duration,
}

/// A body in memory, and its share of the budget.
pub(crate) struct Whole {
    pub(crate) bytes: Bytes,
    pub(crate) share: Share,
}

/// The reason why a body is rejected.
enum Rejection {
    /// The body is rejected before any of it is read.
    Unread(Error),
    /// The body is rejected while it is read; the client continues to send the rest.
    Partly(Error),
    /// The connection broke.
    Broken(Error),
}

/// Reads the whole body. Its bytes are counted by `share`.
/// A client may write its whole body before it reads the response. If the server closes the connection while bytes are
/// unread, the client loses the response. So the rest of a rejected body is also read and discarded: up to [`DISCARD`]
/// bytes, within the time limit of the body.
///
/// # Errors
///
/// 413 for a body that is larger than the limit, or is announced to be; 415 for one that is compressed; 408 for one
/// that takes too long; 503 if the bodies of all requests take too much memory; 400 if the connection breaks.
pub(crate) async fn read<B>(body: B, headers: &HeaderMap, limits: &Limits, mut share: Share) -> Result<Whole, Error>
where
    B: Body,
    B::Error: std::fmt::Display,
{
    let mut body = std::pin::pin!(body);
    let mut rejected = None;
    let work = async {
        match collect(body.as_mut(), headers, limits.bytes, &mut share).await {
            Ok(bytes) => Some(bytes),
            Err(Rejection::Broken(error)) => {
                rejected = Some(error);
                None
            }
            Err(Rejection::Unread(error)) => {
                rejected = Some(error);
                // A client that sent `Expect: 100-continue` waits for the response and sends no body.
                if !asks_first(headers) {
                    discard(body.as_mut(), headers).await;
                }
                None
            }
            Err(Rejection::Partly(error)) => {
                rejected = Some(error);
                share.clear();
                discard(body.as_mut(), headers).await;
                None
            }
        }
    };
    match tokio::time::timeout(limits.time, work).await {
        Ok(Some(bytes)) => Ok(Whole { bytes, share }),
        Ok(None) | Err(_) => Err(rejected.unwrap_or_else(|| too_slow(limits.time))),
    }
}

fn too_slow(limit: Duration) -> Error {
    Error::new(StatusCode::REQUEST_TIMEOUT, format!("the body did not arrive within {limit:?}"))
}

async fn collect<B>(
    mut body: Pin<&mut B>,
    headers: &HeaderMap,
    limit: usize,
    share: &mut Share,
) -> Result<Bytes, Rejection>
where
    B: Body,
    B::Error: std::fmt::Display,
{
    let too_large = || Error::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {limit} bytes"));
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    if encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        let error = Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must not be compressed");
        return Err(Rejection::Unread(error));
    }
    if announced(&*body, headers) > limit as u64 {
        return Err(Rejection::Unread(too_large()));
    }
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let broken = |error| Error::invalid_syntax(format!("the body could not be read: {error}"));
        // Nobody will read this response, but there must be one.
        let frame = frame.map_err(|error| Rejection::Broken(broken(error)))?;
        let Ok(data) = frame.into_data() else { continue };
        let (before, more) = (whole.len(), data.remaining());
        if more > limit.saturating_sub(before) {
            return Err(Rejection::Partly(too_large()));
        }
        let counted = |len: usize| len.saturating_sub(FREE);
        if !share.take(counted(before + more) - counted(before)) {
            let error = Error::unavailable("the bodies of all requests take too much memory", RETRY_AFTER);
            return Err(Rejection::Partly(error));
        }
        // The buffer grows with the bytes that have arrived, regardless of the announced length.
        whole.extend_from_slice(&to_bytes(data));
    }
    Ok(whole.freeze())
}

/// Reads up to [`DISCARD`] bytes of the rest of a body and discards them. Reads nothing if a longer body is announced.
async fn discard<B: Body>(mut body: Pin<&mut B>, headers: &HeaderMap) {
    if announced(&*body, headers) > DISCARD {
        return;
    }
    let mut left = DISCARD;
    while let Some(Ok(frame)) = body.frame().await {
        let len = frame.data_ref().map_or(0, Buf::remaining) as u64;
        match left.checked_sub(len) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

/// Returns whether the client waits for `100 Continue` before it sends its body (RFC 9110 §10.1.1).
fn asks_first(headers: &HeaderMap) -> bool {
    headers.get(header::EXPECT).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

/// Returns the announced length of the body: the larger of `Content-Length` and the lower bound of its size hint.
fn announced(body: &impl Body, headers: &HeaderMap) -> u64 {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    body.size_hint().lower().max(length.unwrap_or_default())
}

fn to_bytes(mut data: impl Buf) -> Bytes {
    data.copy_to_bytes(data.remaining())
}
