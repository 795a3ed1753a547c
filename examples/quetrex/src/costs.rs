//! What requests to language models cost.

use quetrex_db::{Cost, CostPatch, NewCost, Result, cost};

use crate::DatabaseService;

impl DatabaseService {
    /// Creates a cost.
    ///
    /// # Errors
    /// There is no such project.
    pub async fn create_cost(&self, new: NewCost) -> Result<Cost> {
        Cost::create(&self.db, new).await
    }

    /// Creates any number of costs, all or none; returns how many.
    ///
    /// # Errors
    /// One of the projects is not there.
    pub async fn bulk_create_costs(&self, new: impl IntoIterator<Item = NewCost>) -> Result<u64> {
        Cost::insert_many(&self.db, new).await
    }

    /// The cost with that key, if there is one.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn get_cost_by_id(&self, id: &str) -> Result<Option<Cost>> {
        Cost::find(&self.db, id).await
    }

    /// The costs of a project, the newest first.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn get_costs_by_project(&self, project_id: &str) -> Result<Vec<Cost>> {
        let of_project = Cost::query().filter(cost::PROJECT_ID.eq(project_id));
        of_project.order_by([cost::TIMESTAMP.desc(), cost::ID.desc()]).all(&self.db).await
    }

    /// What a project has cost so far, in US dollars; the database adds it up.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn get_total_cost_by_project(&self, project_id: &str) -> Result<f64> {
        let of_project = Cost::query().filter(cost::PROJECT_ID.eq(project_id));
        let total = of_project.select(cost::AMOUNT.sum()).one(&self.db).await?;
        Ok(total.unwrap_or_default())
    }

    /// Changes a cost.
    ///
    /// # Errors
    /// There is no such cost.
    pub async fn update_cost(&self, id: &str, patch: CostPatch) -> Result<Cost> {
        Cost::update_by_key(&self.db, id, patch).await
    }

    /// Deletes a cost.
    ///
    /// # Errors
    /// There is no such cost.
    pub async fn delete_cost(&self, id: &str) -> Result<()> {
        Cost::delete_by_key(&self.db, id).await
    }
}
