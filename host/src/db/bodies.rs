//! Bodies: what a provider sent, compressed on its way into the database and whole again on its way out.
//! The inbox of webhooks keeps its bodies here. Only this file names zstd.
//!
//! Why zstd: a transcript of 100 KiB shrinks to a seventh in well under a millisecond, where deflate takes several
//! and lz4 keeps twice as much; and the plugins' code cache brings the library already.

use super::DbError;
use crate::domain::word::word_enum;

/// Quick, and within a few percent of what the slower levels reach on JSON.
const LEVEL: i32 = 3;

word_enum! {
    /// How a stored body is written.
    Codec {
        /// As it came.
        Plain = "plain",
        /// zstd, one frame.
        Zstd = "zstd",
    }
}

/// A body as the database has it.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "it holds what was said")]
pub(super) struct Packed {
    pub(super) codec: Codec,
    pub(super) bytes: Vec<u8>,
    /// Its length as it came.
    pub(super) length: i32,
}

/// Packs a body. What does not shrink stays as it is.
pub(super) fn pack(body: Vec<u8>) -> Packed {
    let length = i32::try_from(body.len()).unwrap_or(i32::MAX);
    match zstd::bulk::compress(&body, LEVEL) {
        Ok(smaller) if smaller.len() < body.len() => Packed { codec: Codec::Zstd, bytes: smaller, length },
        _ => Packed { codec: Codec::Plain, bytes: body, length },
    }
}

/// The body as it came.
pub(super) fn unpack(packed: Packed) -> Result<Vec<u8>, DbError> {
    match packed.codec {
        Codec::Plain => Ok(packed.bytes),
        Codec::Zstd => {
            // Never more than what was packed: a row that was tampered with cannot fill the memory.
            let length = usize::try_from(packed.length).unwrap_or(0);
            zstd::bulk::decompress(&packed.bytes, length)
                .map_err(|error| DbError::Unreadable(format!("a stored body: {error}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::{Codec, Packed, pack, unpack};

    #[test]
    fn what_was_packed_comes_back_as_it_was() {
        let talk = r#"{"role":"user","message":"The dahlias are out."},"#.repeat(2_000).into_bytes();
        let noise: Vec<u8> = (0..60_u32).flat_map(|at| Sha256::digest(at.to_be_bytes())).collect();
        for (body, codec) in [(talk, Codec::Zstd), (noise, Codec::Plain), (Vec::new(), Codec::Plain)] {
            let packed = pack(body.clone());
            assert_eq!((packed.codec, usize::try_from(packed.length).unwrap()), (codec, body.len()));
            assert!(unpack(packed).unwrap() == body);
        }
    }

    #[test]
    fn a_body_that_claims_too_little_or_is_none_is_refused() {
        let packed = pack(vec![b'a'; 100_000]);
        assert!(packed.bytes.len() < 1_000);
        assert!(unpack(Packed { length: 10, ..packed.clone() }).is_err());
        assert!(unpack(Packed { bytes: b"no frame".to_vec(), ..packed }).is_err());
    }
}
