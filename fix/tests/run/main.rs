//! Applying, verifying and rolling back in memory, with everything that can go wrong between.

mod crash;
mod life;
mod world;
