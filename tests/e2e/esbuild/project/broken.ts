import { nowhere } from "./lib/nowhere";
import { missing } from "./lib/format";
const text: string = `unfinished ${nowhere};
export default missing;
