use std::io;

use tokio::io::{AsyncWriteExt, duplex};

use super::*;
use crate::ldap::failure::broken;

/// A seal that leaves bytes as they are, to test the lengths.
struct Open;

impl Seal for Open {
    fn fits(&self) -> usize {
        4
    }

    fn wrap(&mut self, plain: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        out.extend_from_slice(plain);
        Ok(())
    }

    fn unwrap(&mut self, sealed: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        out.extend_from_slice(sealed);
        Ok(())
    }
}

/// A modify response.
const MESSAGE: &[u8] = b"\x30\x0c\x02\x01\x01\x67\x07\x0a\x01\x00\x04\x00\x04\x00";

async fn sealed(bytes: &[u8]) -> Channel {
    let (mut server, client) = duplex(1 << 10);
    let mut channel = Channel::new(Box::new(client));
    channel.seal(Box::new(Open)).unwrap();
    server.write_all(bytes).await.unwrap();
    channel
}

#[tokio::test]
async fn sealed_buffers_are_put_together_again() {
    let (one, other) = MESSAGE.split_at(5);
    let bytes = [b"\0\0\0\x05", one, b"\0\0\0\x00", b"\0\0\0\x09", other].concat();
    let mut channel = sealed(&bytes).await;
    assert_eq!(channel.receive().await.unwrap().id, 1);
}

#[tokio::test]
async fn an_absurd_length_of_a_sealed_buffer_is_an_error_of_its_own_and_costs_nothing() {
    for announced in [u32::try_from(LONGEST_BUFFER).unwrap() + 1, 0x7fff_ffff, u32::MAX] {
        let bytes = [&announced.to_be_bytes()[..], MESSAGE].concat();
        let mut channel = sealed(&bytes).await;
        let error = channel.receive().await.unwrap_err();
        let Broken::TooLong { what, length, limit } = &error else { panic!("{error}") };
        let expected = usize::try_from(announced).unwrap();
        assert_eq!((*what, *length, *limit), ("sealed buffer", expected, LONGEST_BUFFER));
        assert!(channel.sealed.capacity() <= 2 * CHUNK, "{}", channel.sealed.capacity());

        let error = broken(error, "list all SPNs");
        assert_eq!(error.code(), "SPNFIX-CONNECTION-LOST");
        assert!(!error.hint().is_empty());
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(
            source,
            format!(
                "the server sends a sealed buffer of {announced} bytes; at most 1048576 are taken"
            )
        );
    }
}
