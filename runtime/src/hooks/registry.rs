//! Which hooks a handle has, by model.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::Hooks;
use crate::Model;

/// The hooks of one model, for [`crate::Builder::hooks`].
pub struct Registered {
    model: TypeId,
    name: &'static str,
    /// An `Arc<dyn Hooks<M>>`.
    hooks: Box<dyn Any + Send + Sync>,
}

impl Registered {
    /// The hooks of model `M`.
    pub fn new<M: Model>(hooks: impl Hooks<M>) -> Self {
        let hooks: Arc<dyn Hooks<M>> = Arc::new(hooks);
        Self { model: TypeId::of::<M>(), name: M::META.name, hooks: Box::new(hooks) }
    }
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Registered({})", self.name)
    }
}

/// The hooks of a handle.
#[derive(Debug, Default)]
pub(crate) struct Registry(OnceLock<HashMap<TypeId, Registered>>);

impl Registry {
    /// Takes the hooks of a builder, once; of several for one model the last.
    pub(crate) fn fill(&self, all: Vec<Registered>) {
        self.0.get_or_init(|| all.into_iter().map(|hooks| (hooks.model, hooks)).collect());
    }

    /// The hooks of a model, if it has any. For a model that the spec names no hooks for, that is known at compile time.
    pub(crate) fn of<M: Model>(&self) -> Option<Arc<dyn Hooks<M>>> {
        if !M::HOOKS {
            return None;
        }
        self.0.get()?.get(&TypeId::of::<M>())?.hooks.downcast_ref::<Arc<dyn Hooks<M>>>().cloned()
    }
}
