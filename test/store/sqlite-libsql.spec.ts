import { libsqlFile } from '../support/databases.js';
import { contractOn } from '../support/store-contract.js';

contractOn(libsqlFile());
