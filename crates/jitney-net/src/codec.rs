//! Frames on a request-response stream: four bytes of length, big-endian, then the payload.

use std::io;

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use libp2p::{StreamProtocol, request_response};

use crate::config::NetLimits;

/// Reads and writes frames, refusing those above its limits before any memory is set aside for them.
#[derive(Debug, Clone)]
pub(crate) struct FrameCodec {
    request_bytes_max: usize,
    response_bytes_max: usize,
}

impl FrameCodec {
    pub(crate) fn new(limits: &NetLimits) -> Self {
        Self { request_bytes_max: limits.request_bytes_max, response_bytes_max: limits.response_bytes_max }
    }
}

/// Reads one frame of at most `bytes_max` bytes; memory grows with what arrives, not with what is claimed.
async fn read_frame(io: &mut (impl AsyncRead + Unpin + Send), bytes_max: usize) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    io.read_exact(&mut length).await?;
    let length = u32::from_be_bytes(length);
    if usize::try_from(length).map_or(true, |length| length > bytes_max) {
        let why = format!("a frame claims {length} bytes, at most {bytes_max} are allowed");
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    let mut payload = Vec::new();
    let read = io.take(u64::from(length)).read_to_end(&mut payload).await?;
    if u32::try_from(read) == Ok(length) {
        Ok(payload)
    } else {
        let why = format!("a frame ended after {read} of {length} bytes");
        Err(io::Error::new(io::ErrorKind::UnexpectedEof, why))
    }
}

/// Writes one frame of at most `bytes_max` bytes.
async fn write_frame(
    io: &mut (impl AsyncWrite + Unpin + Send),
    payload: Vec<u8>,
    bytes_max: usize,
) -> io::Result<()> {
    match u32::try_from(payload.len()) {
        Ok(length) if payload.len() <= bytes_max => {
            io.write_all(&length.to_be_bytes()).await?;
            io.write_all(&payload).await?;
            io.flush().await
        }
        _ => {
            let why = format!("a frame of {} bytes, at most {bytes_max} are allowed", payload.len());
            Err(io::Error::new(io::ErrorKind::InvalidInput, why))
        }
    }
}

impl request_response::Codec for FrameCodec {
    type Protocol = StreamProtocol;
    type Request = Vec<u8>;
    type Response = Vec<u8>;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        read_frame(io, self.request_bytes_max).await
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        read_frame(io, self.response_bytes_max).await
    }

    async fn write_request<T>(&mut self, _: &StreamProtocol, io: &mut T, request: Vec<u8>) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        write_frame(io, request, self.request_bytes_max).await
    }

    async fn write_response<T>(&mut self, _: &StreamProtocol, io: &mut T, response: Vec<u8>) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        write_frame(io, response, self.response_bytes_max).await
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use futures::io::Cursor;
    use proptest::prelude::*;

    use super::*;

    const LIMIT: usize = 100;

    fn framed(payload: &[u8]) -> Vec<u8> {
        let mut io = Cursor::new(Vec::new());
        block_on(write_frame(&mut io, payload.to_vec(), LIMIT)).unwrap();
        io.into_inner()
    }

    #[test]
    fn a_truncated_frame_is_refused_wherever_it_ends() {
        let whole = framed(b"pick-up at nine");
        for end in 0..whole.len() {
            let error = block_on(read_frame(&mut Cursor::new(&whole[..end]), LIMIT)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "after {end} bytes");
        }
    }

    #[test]
    fn an_oversized_frame_is_refused_by_its_claim_alone() {
        let error = block_on(read_frame(&mut Cursor::new([0xff; 4]), LIMIT)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        let mut io = Cursor::new(Vec::new());
        assert!(block_on(write_frame(&mut io, vec![0; LIMIT + 1], LIMIT)).is_err());
        assert!(io.into_inner().is_empty(), "nothing of it is sent");
    }

    proptest! {
        #[test]
        fn a_frame_comes_back_as_it_went(payload in proptest::collection::vec(any::<u8>(), 0..=LIMIT)) {
            let read = block_on(read_frame(&mut Cursor::new(framed(&payload)), LIMIT)).unwrap();
            prop_assert_eq!(read, payload);
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(payload) = block_on(read_frame(&mut Cursor::new(&bytes), LIMIT)) {
                prop_assert!(payload.len() <= LIMIT && bytes[4..].starts_with(&payload));
            }
        }
    }
}
