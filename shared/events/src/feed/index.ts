export { type Bus, type BusOptions, connectBus } from "../bus.ts";
export type { FeedSource } from "./entry.ts";
export { type FeedRequest, type Feeds, type FeedsOptions, openFeeds, type TrackedFeedMessage } from "./open-feeds.ts";
