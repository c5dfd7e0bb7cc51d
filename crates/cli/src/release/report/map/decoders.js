// In place of geotiff.js's own decoders: only the two compressions that a release is written in. Its zstd is WebAssembly, which a page
// under `default-src 'self'` may not compile.
import { decompress } from "fzstd";
import BaseDecoder from "./basedecoder.js";

class Deflate extends BaseDecoder {
  decodeBlock(buffer) {
    const stream = new Blob([buffer]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).arrayBuffer();
  }
}

class Zstd extends BaseDecoder {
  decodeBlock(buffer) {
    // A copy: what comes back may be a part of a larger buffer.
    return decompress(new Uint8Array(buffer)).slice().buffer;
  }
}

const decoders = { 8: Deflate, 32946: Deflate, 50000: Zstd };

export async function getDecoderParameters(_, directory) {
  const value = (tag) => directory.loadValue(tag);
  return {
    tileWidth: await value("TileWidth"),
    tileHeight: await value("TileLength"),
    planarConfiguration: await value("PlanarConfiguration"),
    bitsPerSample: await value("BitsPerSample"),
    predictor: (await value("Predictor")) || 1,
  };
}

export async function getDecoder(compression, parameters) {
  const Decoder = decoders[compression];
  if (!Decoder) throw new Error(`compression ${compression} is not known here`);
  return new Decoder(parameters);
}

export function addDecoder() {
  throw new Error("no further decoders");
}
