export { programOf, runScenarioFile, type CaseResult } from './scenario/run-scenario-file.ts';
