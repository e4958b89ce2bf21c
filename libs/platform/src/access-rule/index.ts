export { type AccessRule, accessRuleOf, Public, setAccessRule } from './access-rule.js';
