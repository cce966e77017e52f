//! AES with a key of any of its three sizes, undone block by block.

use aes::cipher::array::Array;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit};
use aes::{Aes128, Aes192, Aes256};

/// The size of a block in bytes.
pub(super) const BLOCK: usize = 16;

/// Undoes electronic code book mode; what is no whole block at the end is cut.
/// `None` for a key of no known size.
pub(super) fn ecb(key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let mut data = whole_blocks(data);
    match key.len() {
        16 => each_block::<Aes128>(key, &mut data),
        24 => each_block::<Aes192>(key, &mut data),
        32 => each_block::<Aes256>(key, &mut data),
        _ => return None,
    }?;
    Some(data)
}

/// Undoes cipher block chaining; the same otherwise.
pub(super) fn cbc(key: &[u8], vector: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let mut data = whole_blocks(data);
    match key.len() {
        16 => chained::<cbc::Decryptor<Aes128>>(key, vector, &mut data),
        24 => chained::<cbc::Decryptor<Aes192>>(key, vector, &mut data),
        32 => chained::<cbc::Decryptor<Aes256>>(key, vector, &mut data),
        _ => return None,
    }?;
    Some(data)
}

fn whole_blocks(data: &[u8]) -> Vec<u8> {
    data[..data.len() - data.len() % BLOCK].to_vec()
}

fn each_block<C: KeyInit + BlockCipherDecrypt>(key: &[u8], data: &mut [u8]) -> Option<()> {
    let cipher = C::new_from_slice(key).ok()?;
    let (blocks, _) = Array::<u8, C::BlockSize>::slice_as_chunks_mut(data);
    cipher.decrypt_blocks(blocks);
    Some(())
}

fn chained<C: KeyIvInit + BlockModeDecrypt>(
    key: &[u8],
    vector: &[u8],
    data: &mut [u8],
) -> Option<()> {
    let cipher = C::new_from_slices(key, vector).ok()?;
    cipher.decrypt_padded::<NoPadding>(data).ok().map(drop)
}
