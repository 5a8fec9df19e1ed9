//! Messages of the protocol on a pair of streams.
//!
//! Knows the frame of messages and JSON; not what they are about.

use std::io::{self, BufRead, Read, Write};

use lsp_server::Message;

/// Largest message that is read, in bytes (a guess): larger than any file that is written by hand, and small enough to
/// be held in memory.
const MAX_MESSAGE_BYTES: usize = 256 << 20;

/// Longest header line, in bytes (a guess).
const MAX_HEADER_BYTES: u64 = 4096;

/// A frame that was read from a client.
#[derive(Debug)]
pub(super) enum Received {
    /// A message.
    Message(Message),
    /// A frame whose content is no message, for the reason given; the next one may be.
    Malformed(String),
}

/// Reads the next message; `None` where the stream ends.
///
/// # Errors
/// If the stream cannot be read, or where a header should be is something else, so that no later message can be found.
pub(super) fn read(stream: &mut impl BufRead) -> io::Result<Option<Received>> {
    let wrong = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
    let mut length: Option<usize> = None;
    let mut has_header = false;
    loop {
        let mut line = Vec::new();
        if stream.by_ref().take(MAX_HEADER_BYTES).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        if line.is_empty() {
            match length {
                Some(_) => break,
                // Empty lines between messages do no harm.
                None if !has_header => continue,
                None => return Err(wrong("a message without `Content-Length`".to_owned())),
            }
        }
        let is_name = |(name, _): &(&str, &str)| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        let Some((name, value)) = line.split_once(':').filter(is_name) else {
            let shown: String = line.chars().take(60).collect();
            return Err(wrong(format!("expected a header of the language server protocol, found {shown:?}")));
        };
        has_header = true;
        if name.eq_ignore_ascii_case("content-length") {
            let bytes = value.trim().parse().ok().filter(|bytes| *bytes <= MAX_MESSAGE_BYTES);
            length = Some(bytes.ok_or_else(|| wrong(format!("no length of a message: {:?}", value.trim())))?);
        }
    }
    let mut body = Vec::new();
    let expected = length.unwrap_or(0);
    if stream.by_ref().take(expected as u64).read_to_end(&mut body)? < expected {
        return Ok(None);
    }
    Ok(Some(match serde_json::from_slice(&body) {
        Ok(message) => Received::Message(message),
        Err(error) => Received::Malformed(error.to_string()),
    }))
}

/// Writes a message.
///
/// # Errors
/// If the stream cannot be written to.
pub(super) fn write(stream: &mut impl Write, message: &Message) -> io::Result<()> {
    message.write(stream)
}

/// Writes a message that is JSON already.
///
/// # Errors
/// If the stream cannot be written to.
pub(super) fn write_text(stream: &mut impl Write, body: &str) -> io::Result<()> {
    write!(stream, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    stream.flush()
}

/// Writes the answer to a frame whose content is no message.
///
/// # Errors
/// If the stream cannot be written to.
pub(super) fn write_malformed(stream: &mut impl Write, reason: &str) -> io::Result<()> {
    let error = serde_json::json!({ "code": lsp_server::ErrorCode::ParseError as i32, "message": reason });
    let body = serde_json::json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string();
    write_text(stream, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_malformed_body_does_not_end_the_conversation() {
        let mut stream: &[u8] = b"Content-Length: 3\r\n\r\n{ab\r\nContent-Length: 42\r\nX: y\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}          ";
        assert!(matches!(read(&mut stream), Ok(Some(Received::Malformed(_)))));
        assert!(
            matches!(read(&mut stream), Ok(Some(Received::Message(Message::Notification(n)))) if n.method == "exit")
        );
        assert!(matches!(read(&mut stream), Ok(None)));
    }

    #[test]
    fn garbage_where_a_header_should_be_is_an_error_and_never_a_loop() {
        for garbage in
            [&b"\xFF\xFE garbage\n"[..], b"Content-Length: -1\r\n\r\n", b"Content-Length: 99999999999\r\n\r\n"]
        {
            assert!(read(&mut &*garbage).is_err(), "{garbage:?}");
        }
        assert!(matches!(read(&mut &b"\r\n\r\n"[..]), Ok(None)));
        assert!(matches!(read(&mut &b"Content-Length: 10\r\n\r\n{"[..]), Ok(None)));
        let endless = vec![b'x'; 1 << 20];
        assert!(read(&mut &*endless).is_err());
    }
}
