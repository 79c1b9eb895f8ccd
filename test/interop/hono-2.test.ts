import test from 'ava';
import { serve } from 'hono-node-server-2';
import { RESPONSE_ALREADY_SENT } from 'hono-node-server-2/utils/response';
import { claimsOfHono } from './hono-claims.js';

claimsOfHono(test, serve, RESPONSE_ALREADY_SENT);
