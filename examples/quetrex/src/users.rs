//! Users.

use quetrex_db::{NewUser, Result, User, UserPatch};

use crate::DatabaseService;

impl DatabaseService {
    /// Creates a user.
    ///
    /// # Errors
    /// Another user has the same address.
    pub async fn create_user(&self, new: NewUser) -> Result<User> {
        User::create(&self.db, new).await
    }

    /// The user with that key, if there is one.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn get_user_by_id(&self, id: &str) -> Result<Option<User>> {
        User::find(&self.db, id).await
    }

    /// The user with that address, if there is one.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn get_user_by_email(&self, email: &str) -> Result<Option<User>> {
        User::find_by_email(&self.db, email).await
    }

    /// Changes a user.
    ///
    /// # Errors
    /// There is no such user, or another one has the same address.
    pub async fn update_user(&self, id: &str, patch: UserPatch) -> Result<User> {
        User::update_by_key(&self.db, id, patch).await
    }

    /// Deletes a user with their projects, and what belongs to these.
    ///
    /// # Errors
    /// There is no such user.
    pub async fn delete_user(&self, id: &str) -> Result<()> {
        User::delete_by_key(&self.db, id).await
    }
}
