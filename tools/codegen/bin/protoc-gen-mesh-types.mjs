#!/usr/bin/env node
import { load } from "./load.mjs";

await load("ts-proto/main");
