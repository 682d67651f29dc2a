import type { MigrateOptions, Result } from "../../client/index.ts";
import { differenceText, listed } from "./report.ts";
import type { Systems } from "./systems.ts";

type Verification = Result<"migrate.verify">;

/** What one part of a verification found. */
export interface TestResult {
  readonly passed: boolean;
  readonly message: string;
}

/** What a verification found. */
export interface VerificationResult {
  /** All that matters passed; `performance` does not: a slow machine loses no data. */
  readonly passed: boolean;
  readonly results: {
    readonly liveStoreHealth: TestResult;
    readonly dataIntegrity: TestResult;
    readonly performance: TestResult;
    readonly features: TestResult;
  };
  readonly message: string;
  /** The server's own words. */
  readonly verification: Verification;
}

/** Compares RxDB and the store, whenever one wants to know. */
export class PostMigrationVerification {
  readonly #systems: Pick<Systems, "getMigration">;

  constructor(systems: Pick<Systems, "getMigration">) {
    this.#systems = systems;
  }

  /**
   * Copy RxDB again, compare it with the store, document by document, both ways, and try the store:
   * a commit that is taken back, a live query, the guide's three queries. Nothing is imported, and no test
   * document stays behind.
   */
  async runFullVerification(
    options: Pick<MigrateOptions, "onProgress"> = {},
  ): Promise<VerificationResult> {
    const migration = await this.#systems.getMigration();
    const verification = await migration.verify(options);
    const { passed, health, features } = verification;
    const failed = features.filter((one) => !one.passed);
    return {
      passed,
      results: {
        liveStoreHealth: { passed: health.passed, message: health.message },
        dataIntegrity: dataIntegrity(verification),
        performance: performance(verification),
        features: {
          passed: failed.length === 0,
          message: (failed.length === 0 ? features : failed)
            .map(({ name, message }) => `${name}: ${message}`)
            .join("; "),
        },
      },
      message: passed ? "All verifications passed" : "Some verifications failed",
      verification,
    };
  }
}

function dataIntegrity({ collections, differences, differencesTotal }: Verification): TestResult {
  const wrong = collections.reduce((sum, one) => sum + one.different + one.missing, 0);
  const identical = collections.reduce((sum, one) => sum + one.identical, 0);
  return {
    passed: wrong === 0,
    message:
      wrong === 0
        ? `${identical} documents are the same in RxDB and in the store`
        : listed(differences.map(differenceText), differencesTotal).join("; "),
  };
}

function performance({ performance: measured }: Verification): TestResult {
  if (measured === null) {
    return { passed: true, message: "This schema has none of the tables the queries ask" };
  }
  const { totalMs, budgetMs, withinBudget } = measured;
  return {
    passed: withinBudget,
    message: `Query performance: ${totalMs.toFixed(2)}ms of ${budgetMs}ms`,
  };
}
