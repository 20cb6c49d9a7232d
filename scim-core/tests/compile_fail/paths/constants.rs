//! Constants of paths that lead nowhere.

use scim_core::{
    model::User,
    schema::{Path, path},
};

const NAME: Path = path::<User>("usrName");
const DEPARTMENT: Path =
    path::<User>("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manger.value");
const COLOR: Path = path::<User>("colour");

fn main() {}
