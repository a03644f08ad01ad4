"""How dates and times read where no template says otherwise: the desk."""
