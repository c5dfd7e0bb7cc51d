// In place of geotiff.js's workers, which are made of blob: URLs that a page under `default-src 'self'` may not start: decoding is done where
// it is asked for.
import { getDecoder } from "./compression/index.js";

export default class Pool {
  bindParameters(compression, parameters) {
    return { decode: async (buffer) => (await getDecoder(compression, parameters)).decode(buffer) };
  }
}
