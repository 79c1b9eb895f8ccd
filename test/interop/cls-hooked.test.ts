import test from 'ava';
import { claimsOfNamespaces } from './cls-claims.js';

claimsOfNamespaces(test);
