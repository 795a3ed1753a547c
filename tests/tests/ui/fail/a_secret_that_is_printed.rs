// A secret is shown only where `expose` is written.

use database::Provider;

fn log(provider: &Provider) {
    if let Some(key) = &provider.api_key {
        println!("{key}");
    }
}

fn main() {}
