# Areas, agreement, a pixel and a polygon, with terra and sf: Rscript maps.R [RELEASE]
suppressPackageStartupMessages({
  library(terra)
  library(sf)
})
given <- commandArgs(trailingOnly = TRUE)
release <- if (length(given) > 0) given[1] else "out/arauna/2026.1"

coverage <- rast(file.path(release, "coverage/2020.tif"))
provenance <- rast(file.path(release, "provenance/2020.tif"))
agreement <- rast(file.path(release, "agreement/2020.tif"))
legend <- read.csv(file.path(release, "legend.csv"), encoding = "UTF-8")

# Pixels by class. True areas are in areas.parquet.
counts <- freq(as.int(coverage))
counts$name <- legend$name[match(counts$value, legend$id)]
print(counts[, c("value", "name", "count")], row.names = FALSE)

# Where several layers speak, and all say the class that won.
speak <- as.int(agreement[[1]])
agree <- as.int(agreement[[2]])
several <- speak > 1 & speak < 255
same <- several & agree == speak
cat("several speak:", global(several, "sum", na.rm = TRUE)[[1]], "\n")
cat("all agree:    ", global(same, "sum", na.rm = TRUE)[[1]], "\n")

# Source, rule and part of one pixel.
print(extract(provenance, cbind(627645, 204165)))

# A polygon of one's own: its pixels by class.
square <- st_as_sfc(st_bbox(c(xmin = 609000, ymin = 195000, xmax = 612000, ymax = 198000), crs = st_crs(31976)))
cut <- crop(coverage, vect(square))
print(head(freq(as.int(cut)), 3))
