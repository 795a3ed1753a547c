//! Agents at work.

use quetrex_db::{Agent, AgentPatch, NewAgent, Result, agent};

use crate::DatabaseService;

impl DatabaseService {
    /// Creates an agent, which runs unless something else is said.
    ///
    /// # Errors
    /// There is no such project.
    pub async fn create_agent(&self, new: NewAgent) -> Result<Agent> {
        Agent::create(&self.db, new).await
    }

    /// The agent with that key, if there is one.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn get_agent_by_id(&self, id: &str) -> Result<Option<Agent>> {
        Agent::find(&self.db, id).await
    }

    /// The agents of a project, the newest first.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn get_agents_by_project(&self, project_id: &str) -> Result<Vec<Agent>> {
        let of_project = Agent::query().filter(agent::PROJECT_ID.eq(project_id));
        of_project.order_by([agent::START_TIME.desc(), agent::ID.desc()]).all(&self.db).await
    }

    /// Changes an agent.
    ///
    /// # Errors
    /// There is no such agent.
    pub async fn update_agent(&self, id: &str, patch: AgentPatch) -> Result<Agent> {
        Agent::update_by_key(&self.db, id, patch).await
    }

    /// Deletes an agent.
    ///
    /// # Errors
    /// There is no such agent.
    pub async fn delete_agent(&self, id: &str) -> Result<()> {
        Agent::delete_by_key(&self.db, id).await
    }
}
