//! Accounts that are disabled or get another password, in labs that nobody uses afterwards.

use cucumber::given;
use spnlab_harness::WinrmSettings;

use super::directory::account;
use super::must;
use crate::world::LabWorld;

#[given("a healthy lab of its own")]
async fn own_lab(world: &mut LabWorld) {
    world.borrow_with(WinrmSettings::default()).await;
}

#[given(expr = "the password of {string} has been changed")]
async fn password_changed(world: &mut LabWorld, name: String) {
    must(world.lab().change_password(account(&name), "Training-Changed-2").await);
}
