//! The kit itself under test: on servers that are wrong in known ways, in process and over a connection.

#[cfg(test)]
mod fake;
#[cfg(test)]
mod observed;
#[cfg(test)]
mod outputs;
#[cfg(test)]
mod self_check;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod url;
