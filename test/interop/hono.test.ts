import { serve } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import test from 'ava';
import { claimsOfHono } from './hono-claims.js';

claimsOfHono(test, serve, RESPONSE_ALREADY_SENT);
