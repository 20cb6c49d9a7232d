//! Reads a body up to a limit.

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use http_body::Body;
use http_body_util::BodyExt;
use scim_core::Error;

/// The whole body, or 413 as soon as it is known to be longer than `limit` bytes: by its announced length before
/// anything is read, else when the limit is passed.
pub(crate) async fn read<B>(body: B, headers: &HeaderMap, limit: usize) -> Result<Bytes, Error>
where
    B: Body,
    B::Error: std::fmt::Display,
{
    let too_large = || Error::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {limit} bytes"));
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    if encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must not be compressed"));
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.unwrap_or_default().max(body.size_hint().lower()) > limit as u64 {
        return Err(too_large());
    }
    let mut body = std::pin::pin!(body);
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        // The connection broke: nobody will read the answer, but it must be one.
        let frame = frame.map_err(|error| Error::invalid_syntax(format!("the body could not be read: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        let data = to_bytes(data);
        if data.len() > limit.saturating_sub(whole.len()) {
            return Err(too_large());
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

fn to_bytes(mut data: impl bytes::Buf) -> Bytes {
    data.copy_to_bytes(data.remaining())
}
