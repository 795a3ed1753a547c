//! What happened in projects.

use quetrex_db::seedbed::Order;
use quetrex_db::{Activity, ActivityPatch, NewActivity, Result, activity, project};

use crate::DatabaseService;

impl DatabaseService {
    /// Creates an activity.
    ///
    /// # Errors
    /// There is no such project.
    pub async fn create_activity(&self, new: NewActivity) -> Result<Activity> {
        Activity::create(&self.db, new).await
    }

    /// Creates any number of activities, all or none; returns how many.
    ///
    /// # Errors
    /// One of the projects is not there.
    pub async fn bulk_create_activities(&self, new: impl IntoIterator<Item = NewActivity>) -> Result<u64> {
        Activity::insert_many(&self.db, new).await
    }

    /// The activity with that key, if there is one.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn get_activity_by_id(&self, id: &str) -> Result<Option<Activity>> {
        Activity::find(&self.db, id).await
    }

    /// A page of the activities of a project, the newest first; pages are counted from 1.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn get_activities_by_project(&self, project_id: &str, page: u64, size: u64) -> Result<Vec<Activity>> {
        let of_project = Activity::query().filter(activity::PROJECT_ID.eq(project_id));
        of_project.order_by(newest_first()).page(page, size).all(&self.db).await
    }

    /// The last activities in all projects of a user, the newest first.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn get_recent_activities(&self, user_id: &str, limit: u64) -> Result<Vec<Activity>> {
        let of_user = Activity::query().filter(activity::project().is(project::USER_ID.eq(user_id)));
        of_user.order_by(newest_first()).limit(limit).all(&self.db).await
    }

    /// Changes an activity.
    ///
    /// # Errors
    /// There is no such activity.
    pub async fn update_activity(&self, id: &str, patch: ActivityPatch) -> Result<Activity> {
        Activity::update_by_key(&self.db, id, patch).await
    }

    /// Deletes an activity.
    ///
    /// # Errors
    /// There is no such activity.
    pub async fn delete_activity(&self, id: &str) -> Result<()> {
        Activity::delete_by_key(&self.db, id).await
    }
}

/// Those of one moment in the same order each time.
fn newest_first() -> [Order<Activity>; 2] {
    [activity::TIMESTAMP.desc(), activity::ID.desc()]
}
