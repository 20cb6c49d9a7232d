//! Constant paths of attributes that do not exist.

use scim_core::{
    model::User,
    path, schema::Path,
};

const NAME: Path = path::<User>("usrName");
const DEPARTMENT: Path =
    path::<User>("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manger.value");
const COLOR: Path = path::<User>("colour");

const UNDERLINED: Path = scim_core::path!(User, "usrName");

fn phone() -> Path {
    scim_core::path!(User, "phoneNumbers.vlue")
}

const NO_TEXT: Path = scim_core::path!(User, 3);
const NO_RESOURCE: Path = scim_core::path!(String, "userName");

fn main() {
    phone();
}
