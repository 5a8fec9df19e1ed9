//! Streams that may be compressed: read as text, and written as they came.
//!
//! Knows gzip and Zstandard by their first bytes; no rows.

use std::io::{self, BufReader, Cursor, Read, Write};

use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// Size of a Zstandard frame before compression, in bytes (a guess): larger than a window of its fastest level.
const FRAME_BYTES: usize = 4 << 20;

/// Compression of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    Uncompressed,
    Gzip,
    Zstandard,
}

/// Returns the compression of a stream, and what it holds.
pub(super) fn uncompressed(mut input: impl Read + Send + 'static) -> io::Result<(Compression, Box<dyn Read + Send>)> {
    let mut head = Vec::new();
    input.by_ref().take(4).read_to_end(&mut head)?;
    let compression = match head.as_slice() {
        [0x1F, 0x8B, 0x08, ..] => Compression::Gzip,
        // A frame, or one that readers skip.
        [0x28, 0xB5, 0x2F, 0xFD] | [0x50..=0x5F, 0x2A, 0x4D, 0x18] => Compression::Zstandard,
        _ => Compression::Uncompressed,
    };
    let input = Cursor::new(head).chain(input);
    Ok(match compression {
        Compression::Uncompressed => (compression, Box::new(input)),
        Compression::Gzip => (compression, Box::new(MultiGzDecoder::new(BufReader::new(input)))),
        Compression::Zstandard => (compression, Box::new(Frames::new(BufReader::new(input)))),
    })
}

/// The text of all frames of a Zstandard stream.
struct Frames<R: Read> {
    /// `None` after the end, or an error.
    state: Option<FrameState<R>>,
}

enum FrameState<R: Read> {
    Between(Replay<R>),
    Within(Box<StreamingDecoder<Replay<R>, FrameDecoder>>),
}

impl<R: Read> Frames<R> {
    fn new(input: R) -> Self {
        Self { state: Some(FrameState::Between(Replay { again: Cursor::default(), input })) }
    }
}

/// A stream that can give its last bytes again.
struct Replay<R> {
    again: Cursor<Vec<u8>>,
    input: R,
}

impl<R: Read> Read for Replay<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.again.read(buffer)? {
            0 => self.input.read(buffer),
            read => Ok(read),
        }
    }
}

impl<R: Read> Replay<R> {
    /// Passes over frames without text. Returns whether a frame with text follows.
    fn is_at_frame(&mut self) -> io::Result<bool> {
        loop {
            let mut magic = Vec::new();
            self.by_ref().take(4).read_to_end(&mut magic)?;
            if magic.is_empty() {
                return Ok(false);
            }
            if !matches!(magic.as_slice(), [0x50..=0x5F, 0x2A, 0x4D, 0x18]) {
                self.again = Cursor::new(magic);
                return Ok(true);
            }
            let mut length = [0; 4];
            self.read_exact(&mut length)?;
            io::copy(&mut self.by_ref().take(u32::from_le_bytes(length).into()), &mut io::sink())?;
        }
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match self.state.take() {
                None => return Ok(0),
                Some(FrameState::Within(mut frame)) => {
                    let read = frame.read(buffer)?;
                    if read > 0 {
                        self.state = Some(FrameState::Within(frame));
                        return Ok(read);
                    }
                    self.state = Some(FrameState::Between(frame.into_inner()));
                }
                Some(FrameState::Between(mut input)) => {
                    if !input.is_at_frame()? {
                        return Ok(0);
                    }
                    let frame = StreamingDecoder::new(input);
                    let frame = frame.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
                    self.state = Some(FrameState::Within(Box::new(frame)));
                }
            }
        }
    }
}

/// A stream that is compressed as it is written.
pub(super) enum Output<W: Write> {
    Uncompressed(W),
    Gzip(Box<GzEncoder<W>>),
    /// With the bytes of the next frame.
    Zstandard(W, Vec<u8>),
}

impl<W: Write> Output<W> {
    pub(super) fn new(output: W, compression: Compression) -> Self {
        match compression {
            Compression::Uncompressed => Self::Uncompressed(output),
            Compression::Gzip => Self::Gzip(Box::new(GzEncoder::new(output, flate2::Compression::default()))),
            Compression::Zstandard => Self::Zstandard(output, Vec::new()),
        }
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// If the stream cannot be written.
    pub(super) fn finish(self) -> io::Result<()> {
        match self {
            Self::Uncompressed(mut output) => output.flush(),
            Self::Gzip(encoder) => encoder.finish()?.flush(),
            Self::Zstandard(mut output, frame) => {
                if !frame.is_empty() {
                    output.write_all(&compress_to_vec(frame.as_slice(), CompressionLevel::Fastest))?;
                }
                output.flush()
            }
        }
    }
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Uncompressed(output) => output.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zstandard(output, frame) => {
                frame.extend_from_slice(bytes);
                if frame.len() >= FRAME_BYTES {
                    output.write_all(&compress_to_vec(frame.as_slice(), CompressionLevel::Fastest))?;
                    frame.clear();
                }
                Ok(bytes.len())
            }
        }
    }

    /// Passes on what is uncompressed. A compressed stream is not flushed before its end, because that costs a block.
    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Uncompressed(output) => output.flush(),
            Self::Gzip(_) | Self::Zstandard(..) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(bytes: &[u8], compression: Compression) -> Vec<u8> {
        let mut compressed = Vec::new();
        let mut output = Output::new(&mut compressed, compression);
        bytes.chunks(1000).for_each(|chunk| output.write_all(chunk).expect("memory"));
        output.finish().expect("memory");
        assert_eq!(compressed.is_empty(), bytes.is_empty() && compression != Compression::Gzip);
        let (found, mut input) = uncompressed(Cursor::new(compressed)).expect("memory");
        assert!(found == compression || bytes.is_empty());
        let mut out = Vec::new();
        input.read_to_end(&mut out).expect("a whole stream");
        out
    }

    #[test]
    fn streams_come_back_as_they_went() {
        let long = b"The ferry leaves at noon.\n".repeat(400_000);
        for bytes in [&b""[..], b"a", b"tide\n", &long] {
            for compression in [Compression::Uncompressed, Compression::Gzip, Compression::Zstandard] {
                assert!(there_and_back(bytes, compression) == bytes, "{} bytes as {compression:?}", bytes.len());
            }
        }
    }

    #[test]
    fn a_stream_of_several_parts_is_read_to_its_end() {
        let mut gzip = Vec::new();
        let mut zstandard = vec![0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 7, 7];
        for part in ["low ", "tide"] {
            let mut output = Output::new(&mut gzip, Compression::Gzip);
            output.write_all(part.as_bytes()).expect("memory");
            output.finish().expect("memory");
            zstandard.extend(compress_to_vec(part.as_bytes(), CompressionLevel::Fastest));
        }
        for stream in [gzip, zstandard] {
            let mut out = String::new();
            uncompressed(Cursor::new(stream)).expect("memory").1.read_to_string(&mut out).expect("a whole stream");
            assert_eq!(out, "low tide");
        }
    }

    #[test]
    fn a_stream_that_is_cut_off_is_an_error() {
        let long: Vec<u8> = (0..100_000u32).flat_map(u32::to_le_bytes).collect();
        for compression in [Compression::Gzip, Compression::Zstandard] {
            let mut compressed = Vec::new();
            let mut output = Output::new(&mut compressed, compression);
            output.write_all(&long).expect("memory");
            output.finish().expect("memory");
            compressed.truncate(compressed.len() / 2);
            let mut input = uncompressed(Cursor::new(compressed)).expect("memory").1;
            assert!(input.read_to_end(&mut Vec::new()).is_err(), "{compression:?}");
        }
    }
}
