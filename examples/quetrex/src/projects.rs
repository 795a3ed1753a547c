//! Projects, alone or with what belongs to them.

use quetrex_db::seedbed::Maybe;
use quetrex_db::{NewProject, Project, ProjectPatch, Result, activity, agent, cost, project};

use crate::DatabaseService;

/// What is loaded together with a project.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProjectIncludes {
    /// The user whose project it is.
    pub user: bool,
    /// Its agents.
    pub agents: bool,
    /// Its costs.
    pub costs: bool,
    /// Its activities.
    pub activities: bool,
}

impl ProjectIncludes {
    /// Everything.
    pub const ALL: Self = Self { user: true, agents: true, costs: true, activities: true };
}

/// A project with what [`ProjectIncludes`] asked for, each the newest first; what it did not ask for is `None`.
pub type LoadedProject =
    project::With<(Maybe<project::User>, Maybe<project::Agents>, Maybe<project::Costs>, Maybe<project::Activities>)>;

impl DatabaseService {
    /// Creates a project.
    ///
    /// # Errors
    /// There is no such user.
    pub async fn create_project(&self, new: NewProject) -> Result<Project> {
        Project::create(&self.db, new).await
    }

    /// The project with that key, if there is one, with what is to be loaded with it.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn get_project_by_id(&self, id: &str, with: ProjectIncludes) -> Result<Option<LoadedProject>> {
        Project::query()
            .include_if(with.user, project::user())
            .include_if(with.agents, project::agents().order_by(agent::START_TIME.desc()))
            .include_if(with.costs, project::costs().order_by(cost::TIMESTAMP.desc()))
            .include_if(with.activities, project::activities().order_by(activity::TIMESTAMP.desc()))
            .find(&self.db, id)
            .await
    }

    /// The projects of a user, by name.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn get_projects_by_user(&self, user_id: &str) -> Result<Vec<Project>> {
        let of_user = Project::query().filter(project::USER_ID.eq(user_id));
        of_user.order_by([project::NAME.asc(), project::ID.asc()]).all(&self.db).await
    }

    /// Changes a project.
    ///
    /// # Errors
    /// There is no such project.
    pub async fn update_project(&self, id: &str, patch: ProjectPatch) -> Result<Project> {
        Project::update_by_key(&self.db, id, patch).await
    }

    /// Deletes a project with its agents, costs and activities.
    ///
    /// # Errors
    /// There is no such project.
    pub async fn delete_project(&self, id: &str) -> Result<()> {
        Project::delete_by_key(&self.db, id).await
    }
}
