//! `legend.csv` of a release: the network's own, every column and row of it as they are, with the tree as columns behind.

use std::collections::BTreeSet;

use mutirao_core::legend::Legend;

use super::levels::Levels;

/// The legend's text with the columns `level` (1 at the top) and `level_1`, `level_2`... added, but for those that it has
/// already. Fields are kept as they are written, spaces and all; quotes stand where they must.
pub fn with_levels(text: &str, legend: &Legend) -> Result<String, csv::Error> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records();
    let Some(header) = records.next().transpose()? else { return Ok(text.to_owned()) };
    let known: BTreeSet<&str> = header.iter().map(str::trim).collect();
    let levels = Levels::of(legend);
    let id = header.iter().position(|column| column.trim() == "id");
    let mut columns = vec!["level".to_owned()];
    columns.extend_from_slice(levels.columns());
    let is_new: Vec<bool> = columns.iter().map(|column| !known.contains(column.as_str())).collect();
    let new = |fields: Vec<String>| fields.into_iter().zip(&is_new).filter(|(_, new)| **new).map(|(field, _)| field);
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(header.iter().map(str::to_owned).chain(new(columns.clone())))?;
    for record in records {
        let record = record?;
        let class = id.and_then(|at| record.get(at)?.trim().parse().ok());
        let mut fields = vec![String::new(); columns.len()];
        if let Some(class) = class {
            fields = vec![legend.path(class).len().to_string()];
            fields.extend(levels.names(legend, class, "").into_iter().map(str::to_owned));
        }
        table.write_record(record.iter().map(str::to_owned).chain(new(fields)))?;
    }
    let bytes = table.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mutirao_core::legend::Class;

    #[test]
    fn nothing_of_the_source_is_lost() {
        let class = |id, parent, name: &str| Class {
            id,
            parent,
            name: name.to_owned(),
            color: [0; 3],
            more: Default::default(),
        };
        let legend =
            Legend::new(vec![class(30, None, "Mining, \"old\""), class(3, Some(1), "Água"), class(1, None, "Forest")]);
        let text = "id, name_pt,parent,name,color,level_2\n30,\"x\ny\",,\"Mining, \"\"old\"\"\",#000000,mine\n\n\
                    3,Água ,1,Água,#000000,\n1,,,Forest,#000000,f\n";
        let due = "id, name_pt,parent,name,color,level_2,level,level_1\n\
                   30,\"x\ny\",,\"Mining, \"\"old\"\"\",#000000,mine,1,\"Mining, \"\"old\"\"\"\n\
                   3,Água ,1,Água,#000000,,2,Forest\n1,,,Forest,#000000,f,1,Forest\n";
        assert_eq!(with_levels(text, &legend.unwrap()).unwrap(), due);
    }
}
