import { mysql } from '../support/databases.js';
import { contractOn } from '../support/store-contract.js';

contractOn(await mysql());
